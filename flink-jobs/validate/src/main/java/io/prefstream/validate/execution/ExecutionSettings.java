package io.prefstream.validate.execution;

import java.io.Serializable;
import java.time.Duration;

/**
 * How tests are run.
 *
 * @param isolation what must hold around them
 * @param capacity pairs whose tests are run at a time, per subtask, at least 1
 * @param timeout time for all tests of a side
 * @param testTimeout time for each test
 * @param memoryBytes memory of a side's run
 * @param rule what becomes of a pair
 */
public record ExecutionSettings(
        Isolation.Level isolation,
        int capacity,
        Duration timeout,
        Duration testTimeout,
        long memoryBytes,
        ExecutionRule rule)
        implements Serializable {

    /** For starting, stopping and clearing away, on a machine that has much else to do. */
    private static final Duration SLACK = Duration.ofMinutes(1);

    public ExecutionSettings {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity " + capacity + " must be at least 1");
        }
        if (testTimeout.compareTo(Duration.ZERO) <= 0 || timeout.compareTo(testTimeout) < 0) {
            throw new IllegalArgumentException(
                    "timeout %s must be no less than that of a test, %s, and both positive"
                            .formatted(timeout, testTimeout));
        }
    }

    /** Time after which a pair is not just slow: the sandbox's own limits have failed. */
    public Duration pairTimeout() {
        return timeout.multipliedBy(2).plus(SLACK);
    }

    Limits limits() {
        return Limits.of(timeout, memoryBytes);
    }
}
