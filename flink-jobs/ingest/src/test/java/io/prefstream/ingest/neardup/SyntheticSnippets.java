package io.prefstream.ingest.neardup;

import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.SnippetKind;
import java.io.Serializable;
import java.time.Instant;
import java.util.SplittableRandom;

/**
 * Snippets by number, of the size of real functions: about 90 words in 600 characters. One in ten
 * is a near-duplicate of the one before it; the rest have little in common.
 */
final class SyntheticSnippets implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final int LINES = 15;
    private static final int COPY_EVERY = 10;

    /** The snippet of a number. */
    CodeSnippet at(long number) {
        boolean copy = number % COPY_EVERY == COPY_EVERY - 1;
        SplittableRandom random = new SplittableRandom(copy ? number - 1 : number);
        StringBuilder text = new StringBuilder("public static long compute(long seed) {\n");
        for (int line = 0; line < LINES; line++) {
            text.append("    long ")
                    .append(name(random))
                    .append(" = ")
                    .append(name(random))
                    .append('.')
                    .append(name(random))
                    .append('(')
                    .append(name(random))
                    .append(" + ")
                    .append(random.nextInt(100))
                    .append(");\n");
        }
        text.append("    return ").append(copy ? "copied" : "total").append(number).append(";\n}");
        String code = text.toString();
        return CodeSnippet.newBuilder()
                .setId(ContentId.of("java", code))
                .setEventId("synthetic")
                .setRepository("https://example.org/synthetic.git")
                .setRevision("0123456789abcdef0123456789abcdef01234567")
                .setPath("src/main/java/org/example/Synthetic.java")
                .setLanguage("java")
                .setKind(SnippetKind.FUNCTION)
                .setName("compute")
                .setSignature("public static long compute(long seed)")
                .setDocComment("Computes what nobody asked for.")
                .setText(code)
                .setPublishedAt(Instant.EPOCH)
                .setProducer("benchmark")
                .build();
    }

    private static String name(SplittableRandom random) {
        return Integer.toString(1_000_000 + random.nextInt(50_000_000), 36);
    }
}
