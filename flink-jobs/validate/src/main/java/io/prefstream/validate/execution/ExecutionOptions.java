package io.prefstream.validate.execution;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;

/** The options of running a pair's tests. */
public final class ExecutionOptions {

    /** Whether tests are run. */
    public enum Mode {
        OFF,
        ON
    }

    public static final ConfigOption<Mode> MODE =
            ConfigOptions.key("validate.execution.mode")
                    .enumType(Mode.class)
                    .defaultValue(Mode.OFF)
                    .withDescription(
                            "Whether the tests that come with a candidate are run on both sides, in"
                                    + " a sandbox: on or off.");

    public static final ConfigOption<Isolation.Level> ISOLATION =
            ConfigOptions.key("validate.execution.isolation")
                    .enumType(Isolation.Level.class)
                    .defaultValue(Isolation.Level.FILES)
                    .withDescription(
                            "What must hold around tests, or the job does not start: network (no"
                                    + " network, and limits), or files (also none of the machine's"
                                    + " files but its programs).");

    public static final ConfigOption<Integer> CAPACITY =
            ConfigOptions.key("validate.execution.capacity")
                    .intType()
                    .defaultValue(2)
                    .withDescription("Pairs whose tests are run at a time, per subtask.");

    public static final ConfigOption<Duration> TIMEOUT =
            ConfigOptions.key("validate.execution.timeout")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(20))
                    .withDescription(
                            "Time for all tests of a side; those not reached then count as"
                                    + " failed.");

    public static final ConfigOption<Duration> TEST_TIMEOUT =
            ConfigOptions.key("validate.execution.test-timeout")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(3))
                    .withDescription("Time for each test.");

    public static final ConfigOption<MemorySize> MEMORY =
            ConfigOptions.key("validate.execution.memory")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(1024))
                    .withDescription(
                            "Memory of a side's run: address space of each of its processes, and"
                                    + " what they hold together.");

    public static final ConfigOption<Double> MIN_PASS_RATE =
            ConfigOptions.key("validate.execution.min-pass-rate")
                    .doubleType()
                    .defaultValue(0.8)
                    .withDescription("Least part of the tests that chosen must pass, from 0 to 1.");

    public static final ConfigOption<Double> MIN_GAP =
            ConfigOptions.key("validate.execution.min-gap")
                    .doubleType()
                    .defaultValue(0.4)
                    .withDescription(
                            "Least difference of the parts that chosen and rejected pass, from 0 to"
                                    + " 1.");

    /** A JVM with a compiler starts in no less. */
    private static final MemorySize LEAST_MEMORY = MemorySize.ofMebiBytes(512);

    private ExecutionOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(
                MODE, ISOLATION, CAPACITY, TIMEOUT, TEST_TIMEOUT, MEMORY, MIN_PASS_RATE, MIN_GAP);
    }

    /**
     * The settings in force, null where no tests are run.
     *
     * @throws UsageException naming the first option that is out of its range
     */
    public static @Nullable ExecutionSettings settings(Configuration config) {
        if (config.get(MODE) == Mode.OFF) {
            return null;
        }
        Duration timeout = JobOptions.positive(config, TIMEOUT);
        Duration testTimeout = JobOptions.positive(config, TEST_TIMEOUT);
        if (testTimeout.compareTo(timeout) > 0) {
            throw new UsageException(
                    "option --%s=%s must not be more than --%s=%s"
                            .formatted(TEST_TIMEOUT.key(), testTimeout, TIMEOUT.key(), timeout));
        }
        MemorySize memory = JobOptions.required(config, MEMORY);
        if (memory.compareTo(LEAST_MEMORY) < 0) {
            throw new UsageException(
                    "option --%s=%s must be at least %s"
                            .formatted(MEMORY.key(), memory, LEAST_MEMORY));
        }
        return new ExecutionSettings(
                config.get(ISOLATION),
                JobOptions.atLeast(config, CAPACITY, 1),
                timeout,
                testTimeout,
                memory.getBytes(),
                new ExecutionRule(share(config, MIN_PASS_RATE), share(config, MIN_GAP)));
    }

    private static double share(Configuration config, ConfigOption<Double> option) {
        double value = JobOptions.required(config, option);
        if (!(value >= 0 && value <= 1)) {
            throw new UsageException(
                    "option --%s=%s must be from 0 to 1".formatted(option.key(), value));
        }
        return value;
    }
}
