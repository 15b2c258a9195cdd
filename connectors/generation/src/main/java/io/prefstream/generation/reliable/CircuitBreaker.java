package io.prefstream.generation.reliable;

import io.prefstream.generation.alarm.Backoff;
import java.time.Duration;

/**
 * Whether a generator is worth asking. After failures in a row it is left alone for a while, then
 * one request tries it; each that fails doubles the while. One that asks to be left alone is left
 * alone so long after its first failure, whatever else it serves meanwhile. One thread at a time.
 */
final class CircuitBreaker {
    private final int failuresToPause;
    private final Backoff pauses;
    private int failures;
    private int pausesInRow;
    private boolean paused;
    private boolean trying;
    private long pausedUntil;
    private long askedUntil;

    /**
     * @param now in nanoseconds of any clock that only goes forward
     */
    CircuitBreaker(int failuresToPause, Backoff pauses, long now) {
        this.failuresToPause = failuresToPause;
        this.pauses = pauses;
        askedUntil = now;
    }

    /** Whether a request may be sent. */
    boolean admits(long now) {
        return now - askedUntil >= 0 && (!paused || (!trying && now - pausedUntil >= 0));
    }

    /** A request is sent; whether it is the one that tries. */
    boolean started() {
        trying = paused;
        return paused;
    }

    void succeeded() {
        failures = 0;
        pausesInRow = 0;
        paused = false;
        trying = false;
    }

    /**
     * A request failed.
     *
     * @param tried whether it was the one that tries
     * @param asked how long the server asks to be left alone
     * @return the pause that begins; negative if none does
     */
    Duration failed(boolean tried, Duration asked, long now) {
        failures++;
        long until = now + pauses.capped(asked).toNanos();
        boolean begins = !asked.isZero() && now - askedUntil >= 0;
        askedUntil = until - askedUntil > 0 ? until : askedUntil;
        if (tried || !paused && failures >= failuresToPause) {
            begins = true;
            paused = true;
            trying = false;
            pausesInRow++;
            pausedUntil = now + pauses.before(pausesInRow).toNanos();
            until = pausedUntil - askedUntil > 0 ? pausedUntil : askedUntil;
        }
        return Duration.ofNanos(begins ? until - now : -1);
    }

    /** The request that tried says nothing: the next one tries. */
    void gone(boolean tried) {
        if (tried) {
            trying = false;
        }
    }

    /** Whether nothing is sent, or one request alone. */
    boolean paused(long now) {
        return paused || now - askedUntil < 0;
    }
}
