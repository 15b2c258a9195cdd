package io.prefstream.generation.reliable;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a generator is asked.
 *
 * @param maxTokens under way at most, prompts and limits of answers together
 * @param tries of a request that fails while others are served
 * @param failuresToPause so many failures in a row, without an answer between, and nothing more is
 *     sent until a single request was served again
 * @param firstPause until that request; each further one is after twice as long
 * @param longestPause at most, whatever {@code Retry-After} says
 * @param slow a request that takes longer is a sign of overload, as a refused one is
 * @param promptPrice of a million prompt tokens, in whatever currency
 * @param completionPrice of a million generated tokens
 */
public record ReliableSettings(
        long maxTokens,
        int tries,
        int failuresToPause,
        Duration firstPause,
        Duration longestPause,
        Duration slow,
        double promptPrice,
        double completionPrice)
        implements Serializable {

    /** 65,536 tokens under way, 5 tries, a pause after 5 failures, of 1 to 30 s; free of charge. */
    public static final ReliableSettings DEFAULTS =
            new ReliableSettings(
                    1 << 16,
                    5,
                    5,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(2),
                    0,
                    0);

    public ReliableSettings {
        if (maxTokens < 1) {
            throw new IllegalArgumentException(
                    "in-flight=%d must be at least 1".formatted(maxTokens));
        }
        if (tries < 1) {
            throw new IllegalArgumentException("tries=%d must be at least 1".formatted(tries));
        }
        if (failuresToPause < 1) {
            throw new IllegalArgumentException(
                    "failures-to-pause=%d must be at least 1".formatted(failuresToPause));
        }
        for (Duration duration : new Duration[] {firstPause, longestPause, slow}) {
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException(
                        "first-pause=%s, longest-pause=%s and slow=%s must be longer than nothing"
                                .formatted(firstPause, longestPause, slow));
            }
        }
        if (!(promptPrice >= 0 && completionPrice >= 0)) {
            throw new IllegalArgumentException(
                    "prompt-price=%s and completion-price=%s must be at least 0"
                            .formatted(promptPrice, completionPrice));
        }
    }
}
