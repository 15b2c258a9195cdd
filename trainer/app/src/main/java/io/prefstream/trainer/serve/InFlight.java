package io.prefstream.trainer.serve;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Calls that aren't answered yet, and the engine's work for them. Thread-safe. */
final class InFlight {
    private final Set<CompletableFuture<?>> work = ConcurrentHashMap.newKeySet();
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private int calls;

    synchronized void begin() {
        calls++;
    }

    synchronized void end() {
        calls--;
        notifyAll();
    }

    /** Remembers the work until it is done. */
    void add(CompletableFuture<?> future) {
        work.add(future);
        var unused = future.whenComplete((value, failure) -> work.remove(future));
    }

    void add(EventStream stream) {
        streams.add(stream);
    }

    void remove(EventStream stream) {
        streams.remove(stream);
    }

    void ping() {
        streams.forEach(EventStream::ping);
    }

    void cancelAll() {
        work.forEach(future -> future.cancel(false));
    }

    /** Waits until every call is answered; false when the time is up before. */
    synchronized boolean awaitNone(Duration within) throws InterruptedException {
        long until = System.nanoTime() + within.toNanos();
        while (calls > 0) {
            long left = until - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000 + 1);
        }
        return true;
    }
}
