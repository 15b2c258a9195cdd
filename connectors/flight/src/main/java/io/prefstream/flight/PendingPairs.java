package io.prefstream.flight;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;

/** A draw that is made by the thread that awaits it, and called off by any. */
public interface PendingPairs {

    /**
     * Draws as soon as the table lets it.
     *
     * @throws TimeoutException with the reason, if it doesn't within the timeout
     * @throws CancellationException if it was called off, or the table is closed meanwhile
     * @throws IllegalStateException if the table has failed
     */
    List<DrawnPair> await(Duration timeout) throws InterruptedException, TimeoutException;

    /** Calls it off: whoever awaits it stops. */
    void cancel();
}
