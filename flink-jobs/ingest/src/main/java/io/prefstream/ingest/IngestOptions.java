package io.prefstream.ingest;

import io.prefstream.ingest.filter.FileOptions;
import io.prefstream.ingest.filter.PartOptions;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.decontaminate.DecontaminateOptions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options of what ingest takes: files, parts of them, each once, and how they are fetched. */
public final class IngestOptions {

    public static final ConfigOption<Duration> DEDUP_EXPIRY =
            ConfigOptions.key("ingest.dedup-expiry")
                    .durationType()
                    .defaultValue(Duration.ofDays(90))
                    .withDescription(
                            "How long an event, file or snippet is remembered after it was last"
                                    + " seen.");

    /** What no snippet may hold a part of. */
    public static final DecontaminateOptions DECONTAMINATION =
            new DecontaminateOptions(IngestPipeline.STAGE, "snippets");

    private IngestOptions() {}

    /** These options. */
    public static List<ConfigOption<?>> all() {
        return Stream.of(
                        FileOptions.all(),
                        PartOptions.all(),
                        List.of(DEDUP_EXPIRY),
                        FetchOptions.all())
                .<ConfigOption<?>>flatMap(List::stream)
                .toList();
    }

    /** How long files and snippets are remembered. */
    public static Duration dedupExpiry(Configuration config) {
        return JobOptions.positive(config, DEDUP_EXPIRY);
    }
}
