package io.prefstream.ingest.redact;

import java.util.List;

/**
 * A text after redaction.
 *
 * @param text the text with placeholders such as {@code <EMAIL>}
 * @param kinds what they stand for, in their order: {@code EMAIL}
 */
public record Redacted(String text, List<String> kinds) {}
