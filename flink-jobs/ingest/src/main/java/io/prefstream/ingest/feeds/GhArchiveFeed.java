package io.prefstream.ingest.feeds;

import io.prefstream.feeds.github.ArchiveHour;
import io.prefstream.feeds.github.GhArchiveFeedSource;
import io.prefstream.feeds.watch.WatchOptions;
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

    static final ConfigOption<Duration> DELAY =
            ConfigOptions.key("ingest.gharchive.delay")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(5))
                    .withDescription("How long after its end an hour is first asked for.");

    static final ConfigOption<Integer> ATTEMPTS =
            ConfigOptions.key("ingest.gharchive.attempts")
                    .intType()
                    .defaultValue(6)
                    .withDescription(
                            "Looks at a missing or damaged hour of a range before it is a gap; the"
                                    + " pause between them begins with a second and doubles.");

    static final ConfigOption<List<String>> REPOSITORIES =
            ConfigOptions.key("ingest.gharchive.repositories")
                    .stringType()
                    .asList()
                    .defaultValues()
                    .withDescription(
                            "Repositories whose events are taken, as owner/name; none for all.");

    static final ConfigOption<String> CLONE_FROM =
            ConfigOptions.key("ingest.gharchive.clone-from")
                    .stringType()
                    .defaultValue("https://github.com")
                    .withDescription(
                            "Address below which the archive's repositories are fetched: GitHub or"
                                    + " a mirror.");

    private GhArchiveFeed() {}

    static List<ConfigOption<?>> options() {
        return List.of(ARCHIVE, FROM, TO, DELAY, PATIENCE, ATTEMPTS, REPOSITORIES, CLONE_FROM);
    }

    static WatchSource source(Configuration config) {
        WatchOptions watch = FeedOptions.watch(config);
        return GhArchiveFeedSource.of(
                        config.get(ARCHIVE), ArchiveHour.parse(JobOptions.required(config, FROM)))
                .to(config.getOptional(TO).map(ArchiveHour::parse).orElse(null))
                .delay(JobOptions.positive(config, DELAY))
                .patience(JobOptions.positive(config, PATIENCE))
                .only(JobOptions.values(config, REPOSITORIES))
                .repositories(config.get(CLONE_FROM))
                .privateAddresses(config.get(HttpOptions.ALLOW_PRIVATE_ADDRESSES))
                .watch(
                        watch.withRetries(
                                JobOptions.atLeast(config, ATTEMPTS, 1), watch.retryDelay()))
                .build();
    }
}
