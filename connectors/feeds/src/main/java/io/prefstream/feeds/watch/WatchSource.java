package io.prefstream.feeds.watch;

import io.prefstream.schemas.FeedOutput;
import io.prefstream.topics.flink.AvroType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A FLIP-27 source over a {@link Watcher}: exactly once by its checkpoints, bounded or endless.
 * Timestamps of records are their publication times.
 *
 * <p>The list of targets may change between a savepoint and its restore: new targets begin with
 * their first look, the state of removed ones is dropped.
 */
public abstract class WatchSource
        implements Source<FeedOutput, WatchSplit, WatchAssignments>,
                ResultTypeQueryable<FeedOutput> {

    private static final long serialVersionUID = 1L;

    private final String feed;
    private final TreeSet<String> targets;
    private final WatchOptions options;
    private final Watcher.Factory watchers;

    /**
     * @param feed name of the feed in its events
     * @throws IllegalArgumentException if there is no target
     */
    protected WatchSource(
            String feed,
            Collection<String> targets,
            WatchOptions options,
            Watcher.Factory watchers) {
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("the " + feed + " feed has nothing to watch");
        }
        this.feed = feed;
        this.targets = new TreeSet<>(targets);
        this.options = options;
        this.watchers = watchers;
    }

    /**
     * Looks at every target without reading it, as a launcher does before it starts anything.
     *
     * @return one line for each target that cannot be watched; empty if all can
     */
    public final List<String> check() {
        List<String> problems = new ArrayList<>();
        try (Watcher watcher = watchers.open()) {
            for (String target : targets) {
                try {
                    watcher.check(target);
                } catch (IOException e) {
                    problems.add(FeedEvents.oneLine(String.valueOf(e.getMessage())));
                }
            }
        }
        return problems;
    }

    /** What is watched, in order. */
    public final SortedSet<String> targets() {
        return new TreeSet<>(targets);
    }

    @Override
    public final Boundedness getBoundedness() {
        return options.bounded() ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public final SourceReader<FeedOutput, WatchSplit> createReader(SourceReaderContext context) {
        return new WatchReader(
                feed,
                targets,
                options,
                watchers.open(),
                LookTimer.onThread("watch-" + feed + "-" + context.getIndexOfSubtask()),
                new FeedMetrics(context.metricGroup()),
                oneTargetAtATime() ? context::sendSplitRequest : null);
    }

    final SourceReader<FeedOutput, WatchSplit> createReader(LookTimer timer) {
        return new WatchReader(feed, targets, options, watchers.open(), timer);
    }

    /**
     * Whether a reader gets its next target when it has finished one, rather than its share of all
     * targets at once: for targets that are read to their end, of which an open one costs much.
     */
    protected boolean oneTargetAtATime() {
        return false;
    }

    /** Whether one reader must read all targets, because who is asked wants one request a time. */
    public boolean oneReader() {
        return false;
    }

    @Override
    public final SplitEnumerator<WatchSplit, WatchAssignments> createEnumerator(
            SplitEnumeratorContext<WatchSplit> context) {
        return restoreEnumerator(context, WatchAssignments.none());
    }

    @Override
    public final SplitEnumerator<WatchSplit, WatchAssignments> restoreEnumerator(
            SplitEnumeratorContext<WatchSplit> context, WatchAssignments state) {
        return new WatchEnumerator(context, targets, options.bounded(), oneTargetAtATime(), state);
    }

    @Override
    public final SimpleVersionedSerializer<WatchSplit> getSplitSerializer() {
        return new WatchSplitSerializer();
    }

    @Override
    public final SimpleVersionedSerializer<WatchAssignments> getEnumeratorCheckpointSerializer() {
        return new WatchAssignmentsSerializer();
    }

    @Override
    public final TypeInformation<FeedOutput> getProducedType() {
        return AvroType.forRecord(FeedOutput.class);
    }
}
