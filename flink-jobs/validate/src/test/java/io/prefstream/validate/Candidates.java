package io.prefstream.validate;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.Response;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** Candidates as facts. */
public final class Candidates {

    public static final Instant FIRST_OF_MAY = Instant.parse("2026-05-01T12:00:00.123Z");

    public static final String LARGER = "int larger(int a, int b) { return a > b ? a : b; }";
    public static final String SMALLER = "int larger(int a, int b) { return a > b ? b : a; }";

    private Candidates() {}

    /** A Java pair that passes every check. */
    public static CandidatePair good() {
        return java(LARGER, SMALLER);
    }

    /** Good pairs 0 to count - 1, of as many files; all sides equally long. */
    public static List<CandidatePair> good(int count) {
        return IntStream.range(0, count).mapToObj(Candidates::number).toList();
    }

    public static CandidatePair number(int number) {
        return of(
                "java",
                "src/File%d.java".formatted(number),
                LARGER.replace("larger", "larger" + number),
                SMALLER.replace("larger", "larger" + number));
    }

    public static CandidatePair java(String chosen, String rejected) {
        return of("java", "src/Fox.java", chosen, rejected);
    }

    public static CandidatePair python(String chosen, String rejected) {
        return of("python", "fox.py", chosen, rejected);
    }

    public static CandidatePair of(String language, String path, String chosen, String rejected) {
        String instruction = "Returns the larger of two numbers.";
        return CandidatePair.newBuilder()
                .setId(ContentId.of(instruction, chosen, rejected))
                .setSnippetId(ContentId.of(language, chosen))
                .setRepository("https://example.org/fox.git")
                .setRevision("0123456789abcdef")
                .setPath(path)
                .setLanguage(language)
                .setInstruction(instruction)
                .setInstructionSource("doc-comment")
                .setChosen(response(chosen, "published", FinishReason.PUBLISHED))
                .setRejected(response(rejected, "mutation", FinishReason.PUBLISHED))
                .setStrategy("mutation")
                .setEdits(List.of("swap-operands"))
                .setPublishedAt(FIRST_OF_MAY)
                .setProducer("test/1")
                .build();
    }

    private static Response response(String text, String generator, FinishReason reason) {
        return Response.newBuilder()
                .setText(text)
                .setGenerator(generator)
                .setFinishReason(reason)
                .build();
    }
}
