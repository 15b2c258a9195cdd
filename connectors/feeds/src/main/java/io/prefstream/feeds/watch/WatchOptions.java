package io.prefstream.feeds.watch;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * When a feed looks.
 *
 * @param bounded look at every target once and finish
 * @param pollInterval pause between two looks at a target
 * @param attempts looks at a target before a bounded feed reports a gap instead
 * @param retryDelay pause after a bounded feed's first failed look, doubled after each further one
 * @param clock tells when something was seen
 */
public record WatchOptions(
        boolean bounded, Duration pollInterval, int attempts, Duration retryDelay, FeedClock clock)
        implements Serializable {

    /** Every five minutes, for ever. */
    public static final WatchOptions DEFAULTS =
            new WatchOptions(
                    false, Duration.ofMinutes(5), 3, Duration.ofSeconds(1), FeedClock.SYSTEM);

    public WatchOptions {
        if (pollInterval.isNegative() || pollInterval.isZero()) {
            throw new IllegalArgumentException(
                    "pollInterval must be positive, got " + pollInterval);
        }
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be at least 1, got " + attempts);
        }
        if (retryDelay.isNegative()) {
            throw new IllegalArgumentException(
                    "retryDelay must not be negative, got " + retryDelay);
        }
        Objects.requireNonNull(clock, "clock");
    }

    public WatchOptions withBounded(boolean newBounded) {
        return new WatchOptions(newBounded, pollInterval, attempts, retryDelay, clock);
    }

    public WatchOptions withPollInterval(Duration newPollInterval) {
        return new WatchOptions(bounded, newPollInterval, attempts, retryDelay, clock);
    }

    public WatchOptions withRetries(int newAttempts, Duration newRetryDelay) {
        return new WatchOptions(bounded, pollInterval, newAttempts, newRetryDelay, clock);
    }

    public WatchOptions withClock(FeedClock newClock) {
        return new WatchOptions(bounded, pollInterval, attempts, retryDelay, newClock);
    }

    Duration delayAfter(int failures) {
        return bounded ? retryDelay.multipliedBy(1L << Math.min(failures - 1, 10)) : pollInterval;
    }
}
