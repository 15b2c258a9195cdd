package io.prefstream.replay;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.Split;
import java.time.Instant;
import java.util.List;

/** Pairs as facts. */
final class Pairs {

    private static final Instant PUBLISHED = Instant.parse("2026-03-01T10:00:00Z");

    private Pairs() {}

    static PreferencePair pair(String id) {
        CandidatePair candidate =
                CandidatePair.newBuilder()
                        .setId(id)
                        .setSnippetId("snippet-" + id)
                        .setRepository("maven:g:a")
                        .setRevision("1.0")
                        .setPath("A.java")
                        .setLanguage("java")
                        .setInstruction("Adds üñí")
                        .setInstructionSource("doc-comment")
                        .setChosen(response("a + b"))
                        .setRejected(response("b - a"))
                        .setStrategy("mutation")
                        .setPublishedAt(PUBLISHED)
                        .setProducer("test/1")
                        .build();
        return PreferencePair.newBuilder()
                .setId(id)
                .setCandidate(candidate)
                .setChecks(List.of())
                .setConfidence(1.0)
                .setSplit(Split.TRAIN)
                .setPublishedAt(PUBLISHED)
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
