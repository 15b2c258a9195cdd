package io.prefstream.trainer.serve;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Writes to clients, of which one that takes longer than the limit is cut: its thread is
 * interrupted, which closes a channel that it is blocked on.
 */
final class TimedWrites {
    private final long limitNanos;
    private final LongSupplier nanoTime;
    private final Map<Thread, Long> begun = new ConcurrentHashMap<>();

    /** What writes. */
    interface Write {
        void run() throws IOException;
    }

    TimedWrites(Duration limit, LongSupplier nanoTime) {
        this.limitNanos = limit.toNanos();
        this.nanoTime = nanoTime;
    }

    void run(Write write) throws IOException {
        begun.put(Thread.currentThread(), nanoTime.getAsLong());
        try {
            write.run();
        } finally {
            begun.remove(Thread.currentThread());
            // One that was cut at its end must not cut what this thread does next.
            Thread.interrupted();
        }
    }

    /** Cuts those that are over the limit; to be called now and then. */
    void cut() {
        long now = nanoTime.getAsLong();
        for (Thread thread : begun.keySet()) {
            begun.computeIfPresent(
                    thread,
                    (writer, since) -> {
                        if (now - since > limitNanos) {
                            writer.interrupt();
                        }
                        return since;
                    });
        }
    }
}
