package io.prefstream.local;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.Split;
import java.time.Instant;
import java.util.List;

/** Pairs as facts. */
final class StoredPairs {

    private StoredPairs() {}

    static PreferencePair pair(String id, String repository, Split split) {
        return pair(id, repository, "java", split);
    }

    static PreferencePair pair(String id, String repository, String language, Split split) {
        CandidatePair candidate =
                CandidatePair.newBuilder()
                        .setId(id)
                        .setSnippetId(id)
                        .setRepository(repository)
                        .setRevision("1")
                        .setPath("A.java")
                        .setLanguage(language)
                        .setInstruction("Adds")
                        .setInstructionSource("doc-comment")
                        .setChosen(response("a + b"))
                        .setRejected(response("a - b"))
                        .setStrategy("mutation")
                        .setPublishedAt(Instant.EPOCH)
                        .setProducer("test/1")
                        .build();
        return PreferencePair.newBuilder()
                .setId(id)
                .setCandidate(candidate)
                .setChecks(List.of())
                .setConfidence(0.9)
                .setSplit(split)
                .setPublishedAt(Instant.EPOCH)
                .setProducer("test/1")
                .build();
    }

    private static Response response(String text) {
        return Response.newBuilder()
                .setText(text)
                .setGenerator("published")
                .setFinishReason(FinishReason.PUBLISHED)
                .build();
    }
}
