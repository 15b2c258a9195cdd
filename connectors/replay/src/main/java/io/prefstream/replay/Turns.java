package io.prefstream.replay;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Whose turn it is to use a buffer: one thread's at a time, in the order in which they asked. Who
 * waits for a limiter lets others take their turns meanwhile.
 */
final class Turns {

    private final ReentrantLock turn = new ReentrantLock(true);
    private final Condition changed = turn.newCondition();
    private final Duration starvationAfter;
    private final StarvationListener starvation;
    private boolean closing;

    Turns(Duration starvationAfter, StarvationListener starvation) {
        this.starvationAfter = starvationAfter;
        this.starvation = starvation;
    }

    void begin() {
        turn.lock();
    }

    void beginInterruptibly() throws InterruptedException {
        turn.lockInterruptibly();
    }

    void end() {
        turn.unlock();
    }

    /** Has all that wait look again; in a turn. */
    void changed() {
        changed.signalAll();
    }

    /** Has all that wait look again. */
    void wake() {
        turn.lock();
        try {
            changed();
        } finally {
            turn.unlock();
        }
    }

    /** Number of threads that wait; in a turn. */
    int waiting() {
        return turn.getWaitQueueLength(changed);
    }

    /** From now on nobody waits any more; whose turn it is ends it first. */
    void close() {
        turn.lock();
        try {
            closing = true;
            changed();
        } finally {
            turn.unlock();
        }
    }

    /** Whether nobody waits any more; in a turn. */
    boolean closing() {
        return closing;
    }

    /**
     * Waits in a turn for a condition while others take theirs. Returns whether it had to.
     *
     * @param what waits
     * @param table whose limiter it waits for
     * @param why the condition doesn't hold, in words
     * @throws TimeoutException if it doesn't hold in time
     * @throws CancellationException if the buffer is closed meanwhile
     */
    boolean await(
            String what,
            String table,
            Duration timeout,
            BooleanSupplier condition,
            Supplier<String> why)
            throws InterruptedException, TimeoutException {
        long began = System.nanoTime();
        long patience = nanos(timeout);
        long alarm = nanos(starvationAfter);
        boolean waited = false;
        boolean told = false;
        while (true) {
            if (closing) {
                throw new CancellationException(
                        "the %s was called off: the buffer is closed".formatted(what));
            }
            if (condition.getAsBoolean()) {
                return waited;
            }
            long elapsed = System.nanoTime() - began;
            if (!told && elapsed >= alarm) {
                told = true;
                starvation.starving(table, what, Duration.ofNanos(elapsed), why.get());
            }
            if (elapsed >= patience) {
                throw new TimeoutException(
                        "no %s of table %s within %s: %s"
                                .formatted(what, table, timeout, why.get()));
            }
            waited = true;
            long wake = told ? patience : Math.min(patience, alarm);
            changed.awaitNanos(wake - elapsed);
        }
    }

    private static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }
}
