package io.prefstream.feeds.watch;

import java.io.Serializable;
import java.time.Instant;

/** Tells when a feed sees something. A parameter, so that a test's events are always the same. */
@FunctionalInterface
public interface FeedClock extends Serializable {

    /** The clock of the machine. */
    FeedClock SYSTEM = Instant::now;

    Instant now();
}
