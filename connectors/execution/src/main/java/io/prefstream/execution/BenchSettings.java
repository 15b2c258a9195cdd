package io.prefstream.execution;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a {@link TestBench} runs tests.
 *
 * @param isolation what must hold around them
 * @param timeout time for all tests of an answer
 * @param testTimeout time for each test
 * @param memoryBytes memory of an answer's run, at least {@link #LEAST_MEMORY_BYTES}
 */
public record BenchSettings(
        Isolation.Level isolation, Duration timeout, Duration testTimeout, long memoryBytes)
        implements Serializable {

    /** A JVM with a compiler starts in no less. */
    public static final long LEAST_MEMORY_BYTES = 512L << 20;

    /** What is used where nobody says otherwise: 20 s an answer, 3 s a test, 1 GiB. */
    public static final BenchSettings DEFAULTS =
            new BenchSettings(
                    Isolation.Level.FILES, Duration.ofSeconds(20), Duration.ofSeconds(3), 1L << 30);

    public BenchSettings {
        if (testTimeout.compareTo(Duration.ZERO) <= 0 || timeout.compareTo(testTimeout) < 0) {
            throw new IllegalArgumentException(
                    "timeout %s must be no less than that of a test, %s, and both positive"
                            .formatted(timeout, testTimeout));
        }
        if (memoryBytes < LEAST_MEMORY_BYTES) {
            throw new IllegalArgumentException(
                    "memory of %,d bytes must be at least %,d"
                            .formatted(memoryBytes, LEAST_MEMORY_BYTES));
        }
    }

    Limits limits() {
        return Limits.of(timeout, memoryBytes);
    }
}
