package io.prefstream.trainer;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Limits of a configuration's numbers; whatever exceeds one is refused with key, value and limit.
 */
final class Limits {

    private static final int LARGEST_PORT = 65_535;

    private Limits() {}

    static void atLeast(String key, long value, long limit) {
        if (value < limit) {
            throw new IllegalArgumentException(
                    "%s=%,d must be at least %,d".formatted(key, value, limit));
        }
    }

    static void port(String key, @Nullable Integer value) {
        if (value != null && (value < 0 || value > LARGEST_PORT)) {
            throw new IllegalArgumentException(
                    "%s=%d must be from 0 to %d".formatted(key, value, LARGEST_PORT));
        }
    }

    /** Refuses what the resolver, which is asked, knows no address of. */
    static void address(String key, String value) {
        try {
            InetAddress.getByName(value);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("%s=%s is no address".formatted(key, value), e);
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
