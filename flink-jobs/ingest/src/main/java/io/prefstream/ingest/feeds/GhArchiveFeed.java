package io.prefstream.ingest.feeds;

import io.prefstream.feeds.github.ArchiveHour;
import io.prefstream.feeds.github.GhArchiveFeedSource;
import io.prefstream.feeds.watch.WatchSource;
import io.prefstream.ingest.HttpOptions;
import io.prefstream.jobs.common.JobOptions;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** Options of the feed of GH Archive. */
final class GhArchiveFeed {

    static final ConfigOption<String> ARCHIVE =
            ConfigOptions.key("ingest.gharchive.archive")
                    .stringType()
                    .defaultValue(GhArchiveFeedSource.ARCHIVE)
                    .withDescription("Folder or address of the archive's hourly files.");

    static final ConfigOption<String> FROM =
            ConfigOptions.key("ingest.gharchive.from")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("First hour to read, such as 2026-01-31-7 (UTC).");

    static final ConfigOption<String> TO =
            ConfigOptions.key("ingest.gharchive.to")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Last hour to read; without it the archive is followed.");

    static final ConfigOption<Duration> PATIENCE =
            ConfigOptions.key("ingest.gharchive.patience")
                    .durationType()
                    .defaultValue(Duration.ofHours(24))
                    .withDescription(
                            "How long after its end an hour of a followed archive is waited for;"
                                    + " then it is a gap.");

    private GhArchiveFeed() {}

    static List<ConfigOption<?>> options() {
        return List.of(ARCHIVE, FROM, TO, PATIENCE);
    }

    static WatchSource source(Configuration config) {
        return GhArchiveFeedSource.of(
                config.get(ARCHIVE),
                ArchiveHour.parse(JobOptions.required(config, FROM)),
                config.getOptional(TO).map(ArchiveHour::parse).orElse(null),
                JobOptions.positive(config, PATIENCE),
                config.get(HttpOptions.ALLOW_PRIVATE_ADDRESSES),
                FeedOptions.watch(config));
    }
}
