package io.prefstream.validate.execution;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.SandboxOptions;
import io.prefstream.jobs.common.UsageException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
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

    /** How they are run, and what decides. */
    static final SandboxOptions SANDBOX = new SandboxOptions("validate");

    private ExecutionOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        List<ConfigOption<?>> all = new ArrayList<>(List.of(MODE));
        all.addAll(SANDBOX.all());
        return all;
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
        ExecutionSettings settings =
                new ExecutionSettings(
                        SANDBOX.bench(config),
                        SANDBOX.capacity(config),
                        new ExecutionRule(SANDBOX.rule(config)));
        JobEnvironment.requireShorterThanCheckpoint(
                config,
                "%s=%s gives a pair %s, which"
                        .formatted(
                                SANDBOX.timeoutKey(),
                                settings.bench().timeout(),
                                settings.pairTimeout()),
                settings.pairTimeout());
        return settings;
    }
}
