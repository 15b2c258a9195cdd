package io.prefstream.jobs.common;

import io.prefstream.execution.BenchSettings;
import io.prefstream.execution.Isolation;
import io.prefstream.execution.PassRule;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/**
 * The options of running tests in a sandbox, and of what their pass rates decide, under a stage's
 * own prefix: {@code STAGE.execution.*}.
 */
public final class SandboxOptions {

    private final ConfigOption<Isolation.Level> isolation;
    private final ConfigOption<Integer> capacity;
    private final ConfigOption<Duration> timeout;
    private final ConfigOption<Duration> testTimeout;
    private final ConfigOption<MemorySize> memory;
    private final ConfigOption<Double> minPassRate;
    private final ConfigOption<Double> minGap;

    /**
     * Options of a stage.
     *
     * @param stage such as {@code validate}
     */
    public SandboxOptions(String stage) {
        String prefix = stage + ".execution.";
        isolation =
                ConfigOptions.key(prefix + "isolation")
                        .enumType(Isolation.Level.class)
                        .defaultValue(BenchSettings.DEFAULTS.isolation())
                        .withDescription(
                                "What must hold around tests, or the job does not start: network"
                                        + " (no network, and limits), or files (also none of the"
                                        + " machine's files but its programs).");
        capacity =
                ConfigOptions.key(prefix + "capacity")
                        .intType()
                        .defaultValue(2)
                        .withDescription("Sandboxes at a time, per subtask.");
        timeout =
                ConfigOptions.key(prefix + "timeout")
                        .durationType()
                        .defaultValue(BenchSettings.DEFAULTS.timeout())
                        .withDescription(
                                "Time for all tests of an answer; those not reached then count as"
                                        + " failed.");
        testTimeout =
                ConfigOptions.key(prefix + "test-timeout")
                        .durationType()
                        .defaultValue(BenchSettings.DEFAULTS.testTimeout())
                        .withDescription("Time for each test.");
        memory =
                ConfigOptions.key(prefix + "memory")
                        .memoryType()
                        .defaultValue(new MemorySize(BenchSettings.DEFAULTS.memoryBytes()))
                        .withDescription(
                                "Memory of an answer's run: address space of each of its processes,"
                                        + " and what they hold together.");
        minPassRate =
                ConfigOptions.key(prefix + "min-pass-rate")
                        .doubleType()
                        .defaultValue(PassRule.ACE_CODER.minPassRate())
                        .withDescription(
                                "Least part of the tests that chosen must pass, from 0 to 1.");
        minGap =
                ConfigOptions.key(prefix + "min-gap")
                        .doubleType()
                        .defaultValue(PassRule.ACE_CODER.minGap())
                        .withDescription(
                                "Least difference of the parts that chosen and rejected pass, from"
                                        + " 0 to 1.");
    }

    /** All of them. */
    public List<ConfigOption<?>> all() {
        return List.of(isolation, capacity, timeout, testTimeout, memory, minPassRate, minGap);
    }

    /** Key of the option that says what must isolate. */
    public String isolationKey() {
        return isolation.key();
    }

    /** Key of the option that limits an answer's time. */
    public String timeoutKey() {
        return timeout.key();
    }

    /** Key of the option that says how much chosen must pass. */
    public String minPassRateKey() {
        return minPassRate.key();
    }

    /** Key of the option that says how far apart the sides must be. */
    public String minGapKey() {
        return minGap.key();
    }

    /**
     * Sandboxes at a time.
     *
     * @throws UsageException if there are none
     */
    public int capacity(Configuration config) {
        return JobOptions.atLeast(config, capacity, 1);
    }

    /**
     * How tests are run.
     *
     * @throws UsageException naming the first option that is out of its range
     */
    public BenchSettings bench(Configuration config) {
        Duration all = JobOptions.positive(config, timeout);
        Duration each = JobOptions.positive(config, testTimeout);
        if (each.compareTo(all) > 0) {
            throw new UsageException(
                    "option --%s=%s must not be more than --%s=%s"
                            .formatted(testTimeout.key(), each, timeout.key(), all));
        }
        MemorySize size = JobOptions.required(config, memory);
        MemorySize least = new MemorySize(BenchSettings.LEAST_MEMORY_BYTES);
        if (size.compareTo(least) < 0) {
            throw new UsageException(
                    "option --%s=%s must be at least %s".formatted(memory.key(), size, least));
        }
        return new BenchSettings(config.get(isolation), all, each, size.getBytes());
    }

    /**
     * What pass rates decide.
     *
     * @throws UsageException naming the first option that is out of its range
     */
    public PassRule rule(Configuration config) {
        return new PassRule(
                JobOptions.fraction(config, minPassRate), JobOptions.fraction(config, minGap));
    }
}
