package io.prefstream.ingest.neardup;

import java.io.Serializable;

/** Tells when a snippet is seen, in milliseconds; must not step back while a process lives. */
@FunctionalInterface
public interface ArrivalClock extends Serializable {

    long millis();

    /** Milliseconds since 1970 that go on with the process's uptime, whatever sets the clock. */
    static ArrivalClock steady() {
        return () -> Anchor.MILLIS + (System.nanoTime() - Anchor.NANOS) / 1_000_000;
    }

    /** Where both clocks were read together. */
    final class Anchor {
        private static final long MILLIS = System.currentTimeMillis();
        private static final long NANOS = System.nanoTime();

        private Anchor() {}
    }
}
