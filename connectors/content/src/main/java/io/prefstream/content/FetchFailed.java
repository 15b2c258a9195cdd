package io.prefstream.content;

import java.util.Objects;

/**
 * The publication could not be read.
 *
 * @param reason what kind of failure; says whether a retry can help
 * @param detail one line for people
 */
public record FetchFailed(FetchFailure reason, String detail) implements FetchResult {

    public FetchFailed {
        Objects.requireNonNull(reason, "reason");
        detail = OneLine.of(detail);
    }
}
