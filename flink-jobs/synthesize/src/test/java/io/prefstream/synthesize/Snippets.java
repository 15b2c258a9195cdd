package io.prefstream.synthesize;

import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.SnippetKind;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** Snippets that can and cannot become pairs. */
final class Snippets {

    static final Instant FIRST_OF_MAY = Instant.parse("2026-05-01T12:00:00Z");

    private Snippets() {}

    /** Functions with several sites each. */
    static List<CodeSnippet> mutable(int count) {
        return IntStream.range(0, count)
                .mapToObj(
                        i ->
                                java(
                                        "int größe%d(int a, int b, int c) { return a - b < c ? g(a, c) : h(b, %d); }"
                                                .formatted(i, i)))
                .toList();
    }

    static CodeSnippet withoutSites() {
        return java("int constant() { return answer; }");
    }

    static CodeSnippet broken() {
        return java("int broken( {");
    }

    /** One single mutant, so that every further variant repeats it. */
    static CodeSnippet withOneSite() {
        return java("int f() { return a - b; }");
    }

    static CodeSnippet java(String text) {
        return CodeSnippet.newBuilder()
                .setId(ContentId.of("java", text))
                .setEventId(ContentId.of("event"))
                .setRepository("maven:org.example:fox")
                .setRevision("1.0")
                .setPath("org/example/Fox.java")
                .setLanguage("java")
                .setKind(SnippetKind.FUNCTION)
                .setName("f")
                .setSignature("int f()")
                .setText(text)
                .setPublishedAt(FIRST_OF_MAY)
                .setProducer("test/1")
                .build();
    }
}
