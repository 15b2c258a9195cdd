package io.prefstream.jobs.common;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;

/**
 * How every job runs: exactly-once checkpoints that outlive a cancelled job, incremental RocksDB
 * state, a restart strategy that backs off and in the end gives up, no Kryo, and an explicit uid on
 * every operator (a job graph without one is refused).
 *
 * <p>Object reuse is on: values between operators are immutable (Java records, generated Avro
 * classes without setters, fresh from the decoder for each message), so chained operators may share
 * them, and the copy of every file's bytes at every hop is saved. Who adds an operator must not
 * change what it received.
 */
public final class JobEnvironment {

    public static final ConfigOption<Duration> CHECKPOINT_INTERVAL =
            ConfigOptions.key("job.checkpoint-interval")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(10))
                    .withDescription(
                            "Time between checkpoints, which is also the longest time that"
                                    + " results wait for read_committed readers.");

    public static final ConfigOption<Duration> CHECKPOINT_TIMEOUT =
            ConfigOptions.key("job.checkpoint-timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(10))
                    .withDescription("Time after which a checkpoint is given up.");

    public static final ConfigOption<Integer> TOLERABLE_CHECKPOINT_FAILURES =
            ConfigOptions.key("job.tolerable-checkpoint-failures")
                    .intType()
                    .defaultValue(10)
                    .withDescription(
                            "Checkpoints in a row that may fail before the job restarts: none gets"
                                    + " through an operator that waits for a model which is away.");

    public static final ConfigOption<String> CHECKPOINT_DIR =
            ConfigOptions.key("job.checkpoint-dir")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "URI of the folder for checkpoints; without it the cluster's"
                                    + " execution.checkpointing.dir is used.");

    public static final ConfigOption<String> RESTORE_FROM =
            ConfigOptions.key("job.restore-from")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "URI of a savepoint or retained checkpoint to go on from; where a"
                                    + " cluster runs the job, its own way to say so is as good.");

    public static final ConfigOption<Integer> PARALLELISM =
            ConfigOptions.key("job.parallelism")
                    .intType()
                    .noDefaultValue()
                    .withDescription(
                            "Subtasks per operator; without it the cluster's parallelism.default"
                                    + " is used.");

    public static final ConfigOption<Integer> RESTART_ATTEMPTS =
            ConfigOptions.key("job.restart-attempts")
                    .intType()
                    .defaultValue(10)
                    .withDescription(
                            "Failures in a row after which the job fails for good, 0 for the"
                                    + " first; an hour without one starts the count again.");

    public static final ConfigOption<Duration> RESTART_DELAY =
            ConfigOptions.key("job.restart-delay")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(1))
                    .withDescription(
                            "Wait before the first restart; doubles with each failure up to"
                                    + " job.restart-max-delay.");

    public static final ConfigOption<Duration> RESTART_MAX_DELAY =
            ConfigOptions.key("job.restart-max-delay")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(1))
                    .withDescription("Longest wait before a restart.");

    public static final ConfigOption<Integer> METRICS_PORT =
            ConfigOptions.key("job.metrics-port")
                    .intType()
                    .noDefaultValue()
                    .withDescription(
                            "Port on all addresses where Flink's Prometheus reporter shows the"
                                    + " metrics of a job that runs in this process; on a cluster"
                                    + " the cluster's reporters do.");

    private static final int LARGEST_PORT = 65_535;
    private static final String REPORTER = "prometheus";

    private JobEnvironment() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(
                CHECKPOINT_INTERVAL,
                CHECKPOINT_TIMEOUT,
                TOLERABLE_CHECKPOINT_FAILURES,
                CHECKPOINT_DIR,
                RESTORE_FROM,
                PARALLELISM,
                RESTART_ATTEMPTS,
                RESTART_DELAY,
                RESTART_MAX_DELAY,
                METRICS_PORT);
    }

    /** The environment the job was submitted to (or a local one), set up as above. */
    public static StreamExecutionEnvironment create(Configuration config) {
        return configure(StreamExecutionEnvironment.getExecutionEnvironment(local(config)), config);
    }

    private static Configuration local(Configuration config) {
        Configuration flink = LocalExecution.loopback();
        reportTo(flink, config);
        return flink;
    }

    /**
     * Adds Flink's Prometheus reporter to a cluster in this process, where {@code job.metrics-port}
     * asks for it. Flink only logs a port that is taken, so that is looked at here.
     *
     * @param flink the cluster's configuration
     * @throws UsageException if nobody can listen there
     */
    public static void reportTo(Configuration flink, Configuration config) {
        if (config.getOptional(METRICS_PORT).isEmpty()) {
            return;
        }
        int port = JobOptions.atLeast(config, METRICS_PORT, 1);
        if (port > LARGEST_PORT) {
            throw new UsageException(
                    "option --%s=%d must be from 1 to %d"
                            .formatted(METRICS_PORT.key(), port, LARGEST_PORT));
        }
        try {
            new ServerSocket(port).close();
        } catch (IOException e) {
            throw new UsageException(
                    "option --%s=%d: %s".formatted(METRICS_PORT.key(), port, e.getMessage()));
        }
        String others = flink.get(MetricOptions.REPORTERS_LIST);
        flink.set(
                MetricOptions.REPORTERS_LIST, others == null ? REPORTER : others + "," + REPORTER);
        String prefix = "metrics.reporter." + REPORTER + ".";
        flink.setString(
                prefix + "factory.class",
                "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
        flink.setString(prefix + "port", Integer.toString(port));
        flink.setString(prefix + "filterLabelValueCharacters", "false");
        // Names say the same, and stay when a job is started again.
        flink.setString(
                prefix + "scope.variables.excludes", "job_id;task_id;task_attempt_id;operator_id");
    }

    /**
     * Sets up a given environment.
     *
     * @throws UsageException if an option is out of its range
     */
    public static StreamExecutionEnvironment configure(
            StreamExecutionEnvironment env, Configuration config) {
        env.configure(flinkConfiguration(config), JobEnvironment.class.getClassLoader());
        return env;
    }

    /**
     * Refuses a time that a record may be under way in an operator and a checkpoint can't wait for:
     * a barrier waits behind a full queue until one of its records is done.
     *
     * @param asks the option that gives the time, and its value
     * @throws UsageException naming both options
     */
    public static void requireShorterThanCheckpoint(
            Configuration config, String asks, Duration time) {
        Duration checkpoint = JobOptions.positive(config, CHECKPOINT_TIMEOUT);
        if (time.compareTo(checkpoint) >= 0) {
            throw new UsageException(
                    "option --%s must be less than --%s=%s"
                            .formatted(asks, CHECKPOINT_TIMEOUT.key(), checkpoint));
        }
    }

    /** What {@link #configure} sets, as Flink's own options. */
    static Configuration flinkConfiguration(Configuration config) {
        Configuration flink = new Configuration();
        flink.set(
                CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
                CheckpointingMode.EXACTLY_ONCE);
        flink.set(
                CheckpointingOptions.CHECKPOINTING_INTERVAL,
                JobOptions.positive(config, CHECKPOINT_INTERVAL));
        flink.set(
                CheckpointingOptions.CHECKPOINTING_TIMEOUT,
                JobOptions.positive(config, CHECKPOINT_TIMEOUT));
        flink.set(
                CheckpointingOptions.TOLERABLE_FAILURE_NUMBER,
                JobOptions.atLeast(config, TOLERABLE_CHECKPOINT_FAILURES, 0));
        flink.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        flink.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        config.getOptional(CHECKPOINT_DIR)
                .ifPresent(
                        dir -> {
                            flink.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
                            flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, dir);
                        });
        config.getOptional(RESTORE_FROM)
                .ifPresent(savepoint -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint));
        flink.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        // Deduplication mostly asks for keys that aren't there.
        flink.set(RocksDBConfigurableOptions.USE_BLOOM_FILTER, true);
        // Most of the state is keys and hashes in random order: merging it level by level, and
        // trying
        // to compress it, took a quarter of the processor (measured in docs/ingest.md).
        flink.set(RocksDBConfigurableOptions.COMPACTION_STYLE, CompactionStyle.UNIVERSAL);
        flink.set(
                RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL,
                List.of(CompressionType.NO_COMPRESSION));

        flink.set(PipelineOptions.GENERIC_TYPES, false);
        flink.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        flink.set(PipelineOptions.OBJECT_REUSE, true);
        if (config.getOptional(PARALLELISM).isPresent()) {
            flink.set(CoreOptions.DEFAULT_PARALLELISM, JobOptions.atLeast(config, PARALLELISM, 1));
        }

        restarts(config, flink);
        return flink;
    }

    /** Flink's exponential delay knows no "never". */
    private static void restarts(Configuration config, Configuration flink) {
        int attempts = JobOptions.atLeast(config, RESTART_ATTEMPTS, 0);
        if (attempts == 0) {
            flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
            return;
        }
        flink.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, attempts);
        flink.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
                JobOptions.positive(config, RESTART_DELAY));
        flink.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
                JobOptions.positive(config, RESTART_MAX_DELAY));
        flink.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_BACKOFF_MULTIPLIER, 2.0);
    }
}
