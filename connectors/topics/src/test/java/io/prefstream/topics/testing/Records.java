package io.prefstream.topics.testing;

import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.Licence;
import io.prefstream.schemas.SnippetKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** Records that differ by a number. */
public final class Records {

    public static final Instant FIRST_OF_MAY = Instant.parse("2026-05-01T12:00:00.123Z");

    private Records() {}

    /** A snippet whose every nullable field is set, with text outside ASCII. */
    public static CodeSnippet snippet(int number) {
        String text = "int größe%d() { return \"🦊\".length() + %d; }".formatted(number, number);
        return CodeSnippet.newBuilder()
                .setId(ContentId.of("java", text))
                .setEventId(ContentId.of("event"))
                .setRepository("https://example.org/fox.git")
                .setRevision("0123456789abcdef")
                .setPath("src/Fox.java")
                .setLanguage("java")
                .setKind(SnippetKind.FUNCTION)
                .setName("größe" + number)
                .setSignature("int größe%d()".formatted(number))
                .setDocComment("How long fox %d is.".formatted(number))
                .setText(text)
                .setLicence(
                        Licence.newBuilder().setSpdxId("Apache-2.0").setEvidence("header").build())
                .setNearDupSignature(
                        ByteBuffer.wrap(Integer.toString(number).getBytes(StandardCharsets.UTF_8)))
                .setPublishedAt(FIRST_OF_MAY)
                .setProducer("test 1")
                .build();
    }

    /** Snippets 0 to count - 1. */
    public static List<CodeSnippet> snippets(int count) {
        return IntStream.range(0, count).mapToObj(Records::snippet).toList();
    }
}
