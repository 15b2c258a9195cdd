package io.prefstream.generation.reliable;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tries that the requests of one piece of work have between them; outlives a restart by its count.
 */
public final class RetryBudget {
    private final int tries;
    private final AtomicInteger spent;

    /**
     * @param tries in all
     * @param spent of them, before
     */
    public RetryBudget(int tries, int spent) {
        this.tries = tries;
        this.spent = new AtomicInteger(spent);
    }

    /** Tries that have failed. */
    public int spent() {
        return spent.get();
    }

    /** Counts a failed try; whether there is another one. */
    boolean spend() {
        return spent.incrementAndGet() < tries;
    }
}
