package io.prefstream.replay;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Is told that somebody has waited for too long in a buffer's {@code draw} or {@code insert}. Who
 * asks a limiter himself and uses a {@link ReplayUpdate} waits outside of the buffer, unheard.
 */
public interface StarvationListener {

    /**
     * Called once per wait, by the thread that waits. Must not use the buffer.
     *
     * @param table whose limiter lets nothing through
     * @param what {@code draw} or {@code insertion}
     * @param waited so far
     * @param why the inequality that doesn't hold, with its numbers
     */
    void starving(String table, String what, Duration waited, String why);

    /** Writes it to the log. */
    static StarvationListener logged() {
        Logger log = LoggerFactory.getLogger(StarvationListener.class);
        return (table, what, waited, why) ->
                log.warn("{} of replay table {} has waited {}: {}", what, table, waited, why);
    }
}
