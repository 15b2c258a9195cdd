package io.prefstream.content;

import java.time.Duration;

/** The moment at which a fetch gives up, on the monotonic clock. */
final class Deadline {

    private final Duration timeout;
    private final long atNanos;

    private Deadline(Duration timeout) {
        this.timeout = timeout;
        this.atNanos = System.nanoTime() + timeout.toNanos();
    }

    static Deadline in(Duration timeout) {
        return new Deadline(timeout);
    }

    boolean passed() {
        return System.nanoTime() - atNanos >= 0 || Thread.currentThread().isInterrupted();
    }

    void check() throws FetchException {
        if (passed()) {
            throw new FetchException(
                    FetchFailure.TIMEOUT, "took longer than timeout=" + timeout.toSeconds() + " s");
        }
    }
}
