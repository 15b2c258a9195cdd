package io.prefstream.trainer.export;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.Licence;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.Split;
import java.time.Instant;
import java.util.List;

/** Pairs as facts. */
final class Pairs {

    static final Instant FIRST_OF_MAY = Instant.parse("2026-05-01T00:00:00Z");
    static final Instant ONE_MILLI_LATER = FIRST_OF_MAY.plusMillis(1);
    static final Instant SECOND_OF_MAY = Instant.parse("2026-05-02T00:00:00Z");

    private Pairs() {}

    /** A mutation in Java, to train on, whose texts differ by a name. */
    static PreferencePair pair(String name) {
        return of(candidate(name).build());
    }

    /** What {@link #pair} is made of. */
    static CandidatePair.Builder candidate(String name) {
        return CandidatePair.newBuilder()
                .setId(ContentId.of(name))
                .setSnippetId("snippet-" + name)
                .setRepository("maven:org.example:lib")
                .setRevision("1.0")
                .setPath("src/Größe.java")
                .setLanguage("java")
                .setInstruction("Adds üñí, " + name)
                .setInstructionSource("doc-comment")
                .setChosen(response("a + b // 🦊 " + name, "published", null))
                .setRejected(response("b - a // " + name, "mutation", null))
                .setStrategy("mutation")
                .setLicence(
                        Licence.newBuilder()
                                .setSpdxId("Apache-2.0")
                                .setEvidence("file:LICENSE")
                                .build())
                .setPublishedAt(FIRST_OF_MAY)
                .setProducer("test/1");
    }

    /** An accepted pair of a candidate. */
    static PreferencePair of(CandidatePair candidate) {
        return PreferencePair.newBuilder()
                .setId(candidate.getId())
                .setCandidate(candidate)
                .setChecks(List.of())
                .setConfidence(0.75)
                .setSplit(Split.TRAIN)
                .setAspects(List.of("edit:swap-operands", "kind:function"))
                .setPublishedAt(candidate.getPublishedAt())
                .setProducer("validate/1")
                .build();
    }

    static Response response(String text, String generator, String revision) {
        return Response.newBuilder()
                .setText(text)
                .setGenerator(generator)
                .setModelRevision(revision)
                .setFinishReason(FinishReason.PUBLISHED)
                .build();
    }

    static PreferencePair holdout(String name) {
        return PreferencePair.newBuilder(pair(name)).setSplit(Split.HOLDOUT).build();
    }

    static PreferencePair inLanguage(String name, String language) {
        return of(candidate(name).setLanguage(language).build());
    }

    static PreferencePair from(String name, String repository, String path) {
        return of(candidate(name).setRepository(repository).setPath(path).build());
    }

    static PreferencePair published(String name, Instant at) {
        return PreferencePair.newBuilder(pair(name)).setPublishedAt(at).build();
    }

    static PreferencePair confident(String name, double confidence) {
        return PreferencePair.newBuilder(pair(name)).setConfidence(confidence).build();
    }
}
