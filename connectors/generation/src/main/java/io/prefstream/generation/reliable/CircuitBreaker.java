package io.prefstream.generation.reliable;

import io.prefstream.generation.alarm.Backoff;
import java.time.Duration;

/**
 * Whether a generator is worth asking. After failures in a row it is left alone for a while, then
 * one request tries it; each that fails doubles the while. One thread at a time.
 */
final class CircuitBreaker {
    private final int failuresToPause;
    private final Backoff pauses;
    private int failures;
    private int pausesInRow;
    private boolean paused;
    private boolean trying;
    private long pausedUntil;

    CircuitBreaker(int failuresToPause, Backoff pauses) {
        this.failuresToPause = failuresToPause;
        this.pauses = pauses;
    }

    /** Whether a request may be sent. */
    boolean admits(long now) {
        return !paused || (!trying && now - pausedUntil >= 0);
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
        if (paused && !tried || !paused && failures < failuresToPause) {
            return Duration.ofNanos(-1);
        }
        paused = true;
        trying = false;
        pausesInRow++;
        Duration pause = pauses.before(pausesInRow);
        Duration longer = pauses.capped(asked.compareTo(pause) > 0 ? asked : pause);
        pausedUntil = now + longer.toNanos();
        return longer;
    }

    /** The request that tried says nothing: the next one tries. */
    void gone(boolean tried) {
        if (tried) {
            trying = false;
        }
    }

    boolean paused() {
        return paused;
    }
}
