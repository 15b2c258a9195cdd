package io.prefstream.generation.reliable;

/**
 * How many tokens may be under way at a generator: additive increase while it keeps up,
 * multiplicative decrease when it doesn't (AIMD: Chiu and Jain, 1989). Tokens and not requests, as
 * it is tokens that fill a server's batch and its cache.
 *
 * <p>A round is as many tokens as the limit holds. Each round that is used and comes back in time
 * adds a sixteenth of the most; the first sign of overload takes three tenths away, and the
 * requests that were sent before it can't do so again. One thread at a time.
 */
final class TokenLimit {
    private static final double INCREASE = 1.0 / 16;
    private static final double DECREASE = 0.7;
    private static final double LEAST = 1.0 / 64;

    private final double most;
    private double limit;
    private long inFlight;
    private long decreasedAt = Long.MIN_VALUE;

    /** Begins at the most. */
    TokenLimit(long most) {
        this.most = most;
        limit = most;
    }

    /** Whether a request of so many tokens may start; alone, any may. */
    boolean admits(long tokens) {
        return inFlight == 0 || inFlight + tokens <= limit;
    }

    void started(long tokens) {
        inFlight += tokens;
    }

    /** A request came back in time. */
    void keptUp(long tokens) {
        boolean used = 2 * inFlight >= limit;
        inFlight -= tokens;
        if (used) {
            limit = Math.min(most, limit + most * INCREASE * tokens / limit);
        }
    }

    /**
     * A request was refused, failed or took too long.
     *
     * @param startedAt when it was sent, in nanoseconds of any clock that only goes forward
     * @param now by the same clock
     */
    void overloaded(long tokens, long startedAt, long now) {
        inFlight -= tokens;
        if (decreasedAt == Long.MIN_VALUE || startedAt - decreasedAt > 0) {
            limit = Math.max(most * LEAST, limit * DECREASE);
            decreasedAt = now;
        }
    }

    /** A request that says nothing about the load: given up, or wrong by itself. */
    void gone(long tokens) {
        inFlight -= tokens;
    }

    long inFlight() {
        return inFlight;
    }

    long limit() {
        return Math.round(limit);
    }
}
