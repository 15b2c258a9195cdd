package io.prefstream.ingest.feeds;

import io.prefstream.feeds.watch.WatchOptions;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** Which feeds run, when they look, and the options of each. */
public final class FeedOptions {

    public static final ConfigOption<List<String>> FEEDS =
            ConfigOptions.key("ingest.feeds")
                    .stringType()
                    .asList()
                    .defaultValues()
                    .withDescription(
                            "Feeds that this job runs besides reading repo-events, by name;"
                                    + " none to only read the topic.");

    public static final ConfigOption<Boolean> FEED_BOUNDED =
            ConfigOptions.key("ingest.feed.bounded")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription("Whether the feeds look once and end instead of watching.");

    public static final ConfigOption<Duration> FEED_POLL_INTERVAL =
            ConfigOptions.key("ingest.feed.poll-interval")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(5))
                    .withDescription("Time between two looks of a feed.");

    private FeedOptions() {}

    /** The options of all feeds. */
    public static List<ConfigOption<?>> all() {
        List<ConfigOption<?>> all =
                new ArrayList<>(List.of(FEEDS, FEED_BOUNDED, FEED_POLL_INTERVAL));
        for (Feed feed : Feed.values()) {
            all.addAll(feed.options());
        }
        return List.copyOf(all);
    }

    /**
     * The feeds that are switched on.
     *
     * @throws UsageException if a name is none of a feed
     */
    public static List<Feed> feeds(Configuration config) {
        return JobOptions.values(config, FEEDS).stream().map(Feed::of).toList();
    }

    /** When the feeds look. */
    static WatchOptions watch(Configuration config) {
        return WatchOptions.DEFAULTS
                .withBounded(config.get(FEED_BOUNDED))
                .withPollInterval(JobOptions.positive(config, FEED_POLL_INTERVAL));
    }

    /**
     * A list that has to have something in it because its feed is switched on.
     *
     * @throws UsageException if it is empty
     */
    static List<String> valuesFor(
            String feed, Configuration config, ConfigOption<List<String>> option) {
        List<String> values = JobOptions.values(config, option);
        if (values.isEmpty()) {
            throw new UsageException(
                    "option --%s is missing, since --%s names %s: %s"
                            .formatted(
                                    option.key(),
                                    FEEDS.key(),
                                    feed,
                                    JobOptions.description(option)));
        }
        return values;
    }
}
