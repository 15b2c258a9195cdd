package io.prefstream.ingest.feeds;

import io.prefstream.ingest.IngestPipeline;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.RepoEvent;
import io.prefstream.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
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
     * @return what they could not read; to be written to the dead-letters topic
     * @throws UsageException if a feed is unknown or lacks what it should read
     */
    public static List<DataStream<DeadLetter>> build(
            StreamExecutionEnvironment env, Configuration config) {
        List<DataStream<DeadLetter>> unreadable = new ArrayList<>();
        DataStream<RepoEvent> events = null;
        for (Feed feed : FeedOptions.feeds(config)) {
            FeedStreams fed = feed.read(env, config);
            events = events == null ? fed.events() : events.union(fed.events());
            unreadable.addAll(fed.unreadable());
        }
        if (events != null) {
            StageOutputs.write(events, Topics.REPO_EVENTS, IngestPipeline.STAGE, config);
        }
        return unreadable;
    }

    /**
     * Looks whether what the feeds should watch is there.
     *
     * @return one line for each repository or artifact that cannot be reached; none is good
     * @throws UsageException if an option is missing or out of its range
     */
    public static List<String> check(Configuration config) {
        List<String> problems = new ArrayList<>();
        FeedOptions.feeds(config).forEach(feed -> problems.addAll(feed.check(config)));
        return problems;
    }
}
