package io.prefstream.ingest;

import io.prefstream.content.ContentLimits;
import io.prefstream.ingest.filter.FileOptions;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/** The options that say how an event's content is fetched, and how much of it. */
public final class FetchOptions {

    public static final ConfigOption<MemorySize> MAX_ARTIFACT_SIZE =
            ConfigOptions.key("ingest.max-artifact-size")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(64))
                    .withDescription(
                            "Most content of one artifact or commit; files beyond it are"
                                    + " rejected.");

    public static final ConfigOption<Integer> MAX_ARTIFACT_FILES =
            ConfigOptions.key("ingest.max-artifact-files")
                    .intType()
                    .defaultValue(20_000)
                    .withDescription(
                            "Most files of one artifact or commit; files beyond it are rejected.");

    public static final ConfigOption<Integer> MAX_FETCHES_IN_FLIGHT =
            ConfigOptions.key("ingest.max-fetches-in-flight")
                    .intType()
                    .defaultValue(4)
                    .withDescription(
                            "Events that one subtask fetches at once; each may hold"
                                    + " ingest.max-artifact-size of memory.");

    public static final ConfigOption<Duration> FETCH_TIMEOUT =
            ConfigOptions.key("ingest.fetch-timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(5))
                    .withDescription("Longest time of one attempt to fetch an event's content.");

    public static final ConfigOption<Integer> FETCH_ATTEMPTS =
            ConfigOptions.key("ingest.fetch-attempts")
                    .intType()
                    .defaultValue(3)
                    .withDescription("Attempts to fetch an event's content, the first included.");

    public static final ConfigOption<Duration> FETCH_RETRY_DELAY =
            ConfigOptions.key("ingest.fetch-retry-delay")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(2))
                    .withDescription(
                            "Wait before the second attempt; doubles with each further one.");

    /** For what a fetcher needs beyond its own limit to give up. */
    private static final Duration FETCH_GRACE = Duration.ofSeconds(10);

    private FetchOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(
                MAX_ARTIFACT_SIZE,
                MAX_ARTIFACT_FILES,
                MAX_FETCHES_IN_FLIGHT,
                FETCH_TIMEOUT,
                FETCH_ATTEMPTS,
                FETCH_RETRY_DELAY);
    }

    /** How much of one artifact is read. */
    public static ContentLimits contentLimits(Configuration config) {
        long file = config.get(FileOptions.MAX_FILE_SIZE).getBytes();
        long artifact = config.get(MAX_ARTIFACT_SIZE).getBytes();
        if (file < 1 || file > artifact) {
            throw new UsageException(
                    "option --%s=%s must be from 1 byte to --%s=%s"
                            .formatted(
                                    FileOptions.MAX_FILE_SIZE.key(),
                                    config.get(FileOptions.MAX_FILE_SIZE),
                                    MAX_ARTIFACT_SIZE.key(),
                                    config.get(MAX_ARTIFACT_SIZE)));
        }
        return new ContentLimits(
                file,
                artifact,
                JobOptions.atLeast(config, MAX_ARTIFACT_FILES, 1),
                JobOptions.positive(config, FETCH_TIMEOUT));
    }

    /** How patiently content is fetched. */
    public static FetchSettings fetchSettings(Configuration config) {
        return new FetchSettings(
                JobOptions.atLeast(config, MAX_FETCHES_IN_FLIGHT, 1),
                JobOptions.atLeast(config, FETCH_ATTEMPTS, 1),
                JobOptions.positive(config, FETCH_RETRY_DELAY),
                JobOptions.positive(config, FETCH_TIMEOUT),
                FETCH_GRACE);
    }
}
