package io.prefstream.ingest;

import java.io.Serializable;
import java.time.Duration;

/**
 * How patiently content is fetched.
 *
 * @param inFlight events that one subtask fetches at once
 * @param attempts tries of one event, the first included
 * @param retryDelay wait before the second try; doubles with each further one
 * @param timeout longest time of one try, which the fetcher itself keeps
 * @param grace how much longer than all that an event may take before it is given up from outside
 */
public record FetchSettings(
        int inFlight, int attempts, Duration retryDelay, Duration timeout, Duration grace)
        implements Serializable {

    /** The longest time of an event, all tries and waits included. */
    public Duration budget() {
        Duration waits = retryDelay.multipliedBy((1L << Math.min(attempts - 1, 30)) - 1);
        return timeout.multipliedBy(attempts).plus(waits).plus(grace);
    }
}
