package io.prefstream.validate.execution;

import io.prefstream.execution.BenchSettings;
import java.io.Serializable;
import java.time.Duration;

/**
 * How a pair's tests are run.
 *
 * @param bench how those of a side are
 * @param capacity pairs whose tests are run at a time, per subtask, at least 1
 * @param rule what becomes of a pair
 */
public record ExecutionSettings(BenchSettings bench, int capacity, ExecutionRule rule)
        implements Serializable {

    /** For starting, stopping and clearing away, on a machine that has much else to do. */
    private static final Duration SLACK = Duration.ofMinutes(1);

    public ExecutionSettings {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity " + capacity + " must be at least 1");
        }
    }

    /** Time after which a pair is not just slow: the sandbox's own limits have failed. */
    public Duration pairTimeout() {
        return bench.timeout().multipliedBy(2).plus(SLACK);
    }
}
