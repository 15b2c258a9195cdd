package io.prefstream.ingest.feeds;

import io.prefstream.feeds.watch.WatchOptions;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.schemas.FeedOutput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
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

    public static final ConfigOption<Duration> FEED_MAX_OUT_OF_ORDERNESS =
            ConfigOptions.key("ingest.feed.max-out-of-orderness")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(10))
                    .withDescription(
                            "How much earlier than the newest publication of its target a feed's"
                                    + " next one may be and still be in front of the watermark.");

    public static final ConfigOption<Duration> FEED_IDLE_TIMEOUT =
            ConfigOptions.key("ingest.feed.idle-timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(1))
                    .withDescription(
                            "How long a target may say nothing before it holds back no watermark"
                                    + " any more.");

    private FeedOptions() {}

    /** The options of all feeds. */
    public static List<ConfigOption<?>> all() {
        List<ConfigOption<?>> all =
                new ArrayList<>(
                        List.of(
                                FEEDS,
                                FEED_BOUNDED,
                                FEED_POLL_INTERVAL,
                                FEED_MAX_OUT_OF_ORDERNESS,
                                FEED_IDLE_TIMEOUT));
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

    /** How the feeds' publications become watermarks. */
    static WatermarkStrategy<FeedOutput> watermarks(Configuration config) {
        Duration outOfOrderness =
                JobOptions.atLeast(config, FEED_MAX_OUT_OF_ORDERNESS, Duration.ZERO);
        return WatermarkStrategy.<FeedOutput>forGenerator(
                        context -> new PublicationWatermarks(outOfOrderness))
                .withIdleness(JobOptions.positive(config, FEED_IDLE_TIMEOUT));
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
