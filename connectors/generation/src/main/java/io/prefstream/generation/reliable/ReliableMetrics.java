package io.prefstream.generation.reliable;

/**
 * What a generator has done so far.
 *
 * @param requests that were made
 * @param answeredFromLog of them
 * @param completed by the model
 * @param failed for good
 * @param retries tries after a request's first
 * @param pauses in which nothing was sent
 * @param promptTokens of completed requests
 * @param completionTokens of completed requests
 * @param latencyNanos of completed requests, summed, from sending to the end
 * @param busyNanos in which a request was under way
 * @param inFlight requests under way
 * @param waiting requests that wait here
 * @param tokensInFlight by estimate
 * @param tokenLimit how many may be
 * @param paused whether nothing is sent now
 * @param cost of completed requests
 */
public record ReliableMetrics(
        long requests,
        long answeredFromLog,
        long completed,
        long failed,
        long retries,
        long pauses,
        long promptTokens,
        long completionTokens,
        long latencyNanos,
        long busyNanos,
        int inFlight,
        int waiting,
        long tokensInFlight,
        long tokenLimit,
        boolean paused,
        double cost) {}
