package io.prefstream.verify;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.Response;
import java.time.Instant;
import java.util.List;

/** Candidate pairs whose rejected side is a mutation of the chosen one. */
final class Candidates {

    private Candidates() {}

    /**
     * One of a file of its own.
     *
     * @param number of that file
     */
    static CandidatePair of(int number, String instruction, String chosen, String rejected) {
        return CandidatePair.newBuilder()
                .setId(ContentId.of(instruction, chosen, rejected))
                .setSnippetId(ContentId.of("java", chosen))
                .setRepository("https://example.org/fox.git")
                .setRevision("0123456789abcdef")
                .setPath("src/File%d.java".formatted(number))
                .setLanguage("java")
                .setInstruction(instruction)
                .setInstructionSource("doc-comment")
                .setChosen(response(chosen, "published"))
                .setRejected(response(rejected, "mutation"))
                .setStrategy("mutation")
                .setEdits(List.of("swap-operands"))
                .setPublishedAt(Instant.parse("2026-05-01T12:00:00Z"))
                .setProducer("test/1")
                .build();
    }

    private static Response response(String text, String generator) {
        return Response.newBuilder()
                .setText(text)
                .setGenerator(generator)
                .setFinishReason(FinishReason.PUBLISHED)
                .build();
    }
}
