package io.prefstream.validate.margin;

import io.prefstream.generation.openai.OpenAiSettings;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the preference model is asked.
 *
 * @param capacity pairs under way per subtask, at least 1
 * @param timeout time after which a pair goes on without a margin, all attempts included
 * @param attempts attempts per pair, at least 1
 * @param retryDelay wait before another attempt
 * @param endpoint whose model is asked; null for the newest release, in this process
 */
public record MarginSettings(
        int capacity,
        Duration timeout,
        int attempts,
        Duration retryDelay,
        @Nullable OpenAiSettings endpoint)
        implements Serializable {

    public MarginSettings {
        if (capacity < 1 || attempts < 1) {
            throw new IllegalArgumentException(
                    "capacity %d and attempts %d must be at least 1".formatted(capacity, attempts));
        }
        if (timeout.isNegative() || timeout.isZero() || retryDelay.isNegative()) {
            throw new IllegalArgumentException(
                    "timeout %s must be positive and retry delay %s not negative"
                            .formatted(timeout, retryDelay));
        }
    }
}
