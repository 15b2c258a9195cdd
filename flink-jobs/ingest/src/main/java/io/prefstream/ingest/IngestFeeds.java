package io.prefstream.ingest;

import io.prefstream.feeds.GitFeedSource;
import io.prefstream.feeds.MavenFeedSource;
import io.prefstream.feeds.watch.WatchOptions;
import io.prefstream.feeds.watch.WatchSource;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.schemas.RepoEvent;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.flink.AvroType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The feeds that the ingest job runs itself: each configured source, written exactly once to {@code
 * repo-events}.
 */
public final class IngestFeeds {

    private IngestFeeds() {}

    /**
     * Wires the configured feeds, if any.
     *
     * @throws UsageException if a feed is unknown or lacks what it should watch
     */
    static void build(StreamExecutionEnvironment env, Configuration config) {
        DataStream<RepoEvent> events = null;
        for (Map.Entry<String, WatchSource> feed : sources(config).entrySet()) {
            String uid = IngestPipeline.STAGE + ".feed-" + feed.getKey();
            DataStream<RepoEvent> fed =
                    env.fromSource(
                                    feed.getValue(),
                                    WatermarkStrategy.noWatermarks(),
                                    uid,
                                    AvroType.forRecord(RepoEvent.class))
                            .uid(uid);
            events = events == null ? fed : events.union(fed);
        }
        if (events != null) {
            StageOutputs.write(events, Topics.REPO_EVENTS, IngestPipeline.STAGE, config);
        }
    }

    /**
     * Looks whether what the feeds should watch is there.
     *
     * @return one line for each repository or artifact that cannot be reached; none is good
     * @throws UsageException if an option is missing or out of its range
     */
    public static List<String> check(Configuration config) {
        List<String> problems = new ArrayList<>();
        sources(config).values().forEach(source -> problems.addAll(source.check()));
        return problems;
    }

    private static Map<String, WatchSource> sources(Configuration config) {
        Map<String, WatchSource> sources = new LinkedHashMap<>();
        for (String feed : IngestOptions.values(config, IngestOptions.FEEDS)) {
            sources.put(feed, source(feed, config));
        }
        return sources;
    }

    private static WatchSource source(String feed, Configuration config) {
        try {
            return switch (feed) {
                case "maven" -> maven(config);
                case "git" -> git(config);
                default ->
                        throw new UsageException(
                                "option --%s cannot be '%s': there are maven and git"
                                        .formatted(IngestOptions.FEEDS.key(), feed));
            };
        } catch (UsageException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new UsageException("feed %s: %s".formatted(feed, e.getMessage()));
        }
    }

    private static WatchSource maven(Configuration config) {
        return MavenFeedSource.of(
                        IngestOptions.valuesFor("maven", config, IngestOptions.MAVEN_COORDINATES))
                .settings(IngestOptions.mavenSettings(config))
                .initialVersions(
                        JobOptions.atLeast(config, IngestOptions.MAVEN_INITIAL_VERSIONS, 1))
                .watch(watchOptions(config))
                .build();
    }

    private static WatchSource git(Configuration config) {
        return GitFeedSource.of(
                        IngestOptions.valuesFor("git", config, IngestOptions.GIT_REPOSITORIES))
                .cache(Path.of(IngestOptions.gitCacheDir(config)))
                .branches(IngestOptions.values(config, IngestOptions.GIT_BRANCHES))
                .initialDepth(JobOptions.atLeast(config, IngestOptions.GIT_INITIAL_DEPTH, 1))
                .watch(watchOptions(config))
                .build();
    }

    private static WatchOptions watchOptions(Configuration config) {
        return WatchOptions.DEFAULTS
                .withBounded(config.get(IngestOptions.FEED_BOUNDED))
                .withPollInterval(IngestOptions.positive(config, IngestOptions.FEED_POLL_INTERVAL));
    }
}
