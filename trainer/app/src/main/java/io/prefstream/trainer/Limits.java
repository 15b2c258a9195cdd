package io.prefstream.trainer;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Limits of a configuration's numbers; whatever exceeds one is refused with key, value and limit.
 */
final class Limits {

    private Limits() {}

    static void atLeast(String key, long value, long limit) {
        if (value < limit) {
            throw new IllegalArgumentException(
                    "%s=%,d must be at least %,d".formatted(key, value, limit));
        }
    }

    static void share(String key, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("%s=%s must be in [0, 1]".formatted(key, value));
        }
    }

    static void positive(String key, @Nullable Duration value) {
        if (value != null && (value.isZero() || value.isNegative())) {
            throw new IllegalArgumentException("%s=%s must be above 0".formatted(key, value));
        }
    }

    static void notNegative(String key, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("%s=%s must not be negative".formatted(key, value));
        }
    }

    static void belowOne(String key, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("%s=%s must be in [0, 1)".formatted(key, value));
        }
    }

    static void positive(String key, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("%s=%s must be above 0".formatted(key, value));
        }
    }

    static void notNegative(String key, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("%s=%s must not be negative".formatted(key, value));
        }
    }
}
