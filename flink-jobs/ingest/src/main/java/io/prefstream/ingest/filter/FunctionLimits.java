package io.prefstream.ingest.filter;

import static io.prefstream.ingest.IngestReason.TOO_LONG;
import static io.prefstream.ingest.IngestReason.TOO_SHORT;

import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;

/**
 * The limits of a function, its documentation comment not counted.
 *
 * @param minLines fewest lines that aren't blank
 * @param maxChars most characters
 */
public record FunctionLimits(int minLines, int maxChars) implements Serializable {

    /** Why a function isn't taken; empty if it is. */
    public Optional<Refusal> refuse(String text) {
        long lines = text.lines().filter(line -> !line.isBlank()).count();
        if (lines < minLines) {
            return Optional.of(
                    new Refusal(
                            TOO_SHORT,
                            String.format(
                                    Locale.ROOT,
                                    "function of %d lines is below ingest.min-function-lines=%d",
                                    lines,
                                    minLines)));
        }
        if (text.length() > maxChars) {
            return Optional.of(
                    new Refusal(
                            TOO_LONG,
                            String.format(
                                    Locale.ROOT,
                                    "function of %,d characters exceeds"
                                            + " ingest.max-function-chars=%,d",
                                    text.length(),
                                    maxChars)));
        }
        return Optional.empty();
    }
}
