package io.prefstream.validate.margin;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.generators.release.RewardEndpointOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options of the preference model whose margins pairs are given. */
public final class MarginOptions {

    public static final ConfigOption<String> MODEL =
            ConfigOptions.key("validate.model")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Name of the model whose releases give margins; without it the newest"
                                    + " release of any.");

    public static final ConfigOption<Integer> CAPACITY =
            ConfigOptions.key("validate.margin.capacity")
                    .intType()
                    .defaultValue(64)
                    .withDescription("Pairs under way to the preference model, per subtask.");

    public static final ConfigOption<Duration> TIMEOUT =
            ConfigOptions.key("validate.margin.timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(1))
                    .withDescription(
                            "Time after which a pair goes on without a margin, all attempts"
                                    + " included; less than job.checkpoint-timeout.");

    public static final ConfigOption<Integer> ATTEMPTS =
            ConfigOptions.key("validate.margin.attempts")
                    .intType()
                    .defaultValue(3)
                    .withDescription(
                            "Attempts after which a pair goes on without a margin; a refusal for"
                                    + " load is none.");

    public static final ConfigOption<Duration> RETRY_DELAY =
            ConfigOptions.key("validate.margin.retry-delay")
                    .durationType()
                    .defaultValue(Duration.ofMillis(200))
                    .withDescription("Wait before another attempt.");

    public static final ConfigOption<Integer> INFERENCE_THREADS =
            ConfigOptions.key("validate.inference.threads")
                    .intType()
                    .defaultValue(1)
                    .withDescription("Threads of the process's scorer.");

    private static final RewardEndpointOptions SERVER =
            new RewardEndpointOptions("validate.margin.", List.of(MODEL, INFERENCE_THREADS));

    private MarginOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        List<ConfigOption<?>> all =
                new ArrayList<>(
                        List.of(
                                MODEL,
                                CAPACITY,
                                TIMEOUT,
                                ATTEMPTS,
                                RETRY_DELAY,
                                INFERENCE_THREADS));
        all.addAll(SERVER.all());
        return all;
    }

    /**
     * How the model is asked.
     *
     * @throws UsageException naming the first option that is out of its range
     */
    public static MarginSettings settings(Configuration config) {
        Duration timeout = JobOptions.atLeast(config, TIMEOUT, Duration.ofMillis(1));
        JobEnvironment.requireShorterThanCheckpoint(
                config, "%s=%s".formatted(TIMEOUT.key(), timeout), timeout);
        int capacity = JobOptions.atLeast(config, CAPACITY, 1);
        return new MarginSettings(
                capacity,
                timeout,
                JobOptions.atLeast(config, ATTEMPTS, 1),
                JobOptions.atLeast(config, RETRY_DELAY, Duration.ZERO),
                SERVER.settings(config, timeout, capacity));
    }
}
