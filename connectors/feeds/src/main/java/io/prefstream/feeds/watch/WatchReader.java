package io.prefstream.feeds.watch;

import io.prefstream.schemas.FeedOutput;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at its targets in turn and emits what is new.
 *
 * <p>Looks run on the timer's thread and hand over their outcome; all state is changed by the
 * task's thread alone, in {@link #pollNext}. So a snapshot lies either before or after an event,
 * never between the event and the mark that it was emitted.
 */
final class WatchReader implements SourceReader<FeedOutput, WatchSplit> {

    private static final Logger LOG = LoggerFactory.getLogger(WatchReader.class);

    private final String feed;
    private final Set<String> targets;
    private final WatchOptions options;
    private final Watcher watcher;
    private final LookTimer timer;
    private final FeedMetrics metrics;
    private final @Nullable Runnable asking;

    private final Map<String, Watched> watched = new LinkedHashMap<>();
    private final List<String> finished = new ArrayList<>();
    private boolean started;
    private boolean asked;
    private boolean noMoreSplits;

    private final Object handover = new Object();
    private final Deque<Outcome> outcomes = new ArrayDeque<>();
    private CompletableFuture<Void> available = new CompletableFuture<>();

    WatchReader(
            String feed,
            Set<String> targets,
            WatchOptions options,
            Watcher watcher,
            LookTimer timer) {
        this(
                feed,
                targets,
                options,
                watcher,
                timer,
                new FeedMetrics(new UnregisteredMetricsGroup()),
                null);
    }

    /**
     * @param asking asks for the next target; null where all are dealt without being asked for
     */
    WatchReader(
            String feed,
            Set<String> targets,
            WatchOptions options,
            Watcher watcher,
            LookTimer timer,
            FeedMetrics metrics,
            @Nullable Runnable asking) {
        this.feed = feed;
        this.targets = targets;
        this.options = options;
        this.watcher = watcher;
        this.timer = timer;
        this.metrics = metrics;
        this.asking = asking;
    }

    @Override
    public void start() {
        started = true;
        askIfIdle();
    }

    @Override
    public void addSplits(List<WatchSplit> splits) {
        asked = false;
        for (WatchSplit split : splits) {
            if (!targets.contains(split.target())) {
                LOG.info("{} is not watched any more; its state is dropped", split.target());
                continue;
            }
            Watched target = new Watched(split);
            watched.put(split.target(), target);
            if (target.pending.isEmpty()) {
                lookAgainOrFinish(target, Duration.ZERO);
            }
        }
        askIfIdle();
        wake();
    }

    @Override
    public void notifyNoMoreSplits() {
        noMoreSplits = true;
        wake();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<FeedOutput> output) {
        Watched next = nextPending();
        if (next == null) {
            takeOutcomes();
            next = nextPending();
        }
        if (next != null) {
            FeedOutput found = next.pending.remove();
            // An output of its own for each target, so that each has its own watermark.
            output.createOutputForSplit(next.name)
                    .collect(found, FeedEvents.timeOf(found).toEpochMilli());
            metrics.emitted(found);
            if (next.pending.isEmpty()) {
                lookAgainOrFinish(next, next.pause);
            }
            releaseFinished(output);
            return InputStatus.MORE_AVAILABLE;
        }
        releaseFinished(output);
        return noMoreSplits && watched.isEmpty()
                ? InputStatus.END_OF_INPUT
                : InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        synchronized (handover) {
            boolean ready =
                    !outcomes.isEmpty()
                            || nextPending() != null
                            || (noMoreSplits && watched.isEmpty());
            if (ready) {
                return CompletableFuture.completedFuture(null);
            }
            if (available.isDone()) {
                available = new CompletableFuture<>();
            }
            return available;
        }
    }

    @Override
    public List<WatchSplit> snapshotState(long checkpointId) {
        List<WatchSplit> splits = new ArrayList<>();
        watched.values().forEach(target -> splits.add(target.snapshot()));
        return splits;
    }

    @Override
    public void close() {
        timer.close();
        watcher.close();
    }

    private @Nullable Watched nextPending() {
        for (Watched target : watched.values()) {
            if (!target.pending.isEmpty()) {
                return target;
            }
        }
        return null;
    }

    private void takeOutcomes() {
        List<Outcome> taken;
        synchronized (handover) {
            taken = new ArrayList<>(outcomes);
            outcomes.clear();
        }
        for (Outcome outcome : taken) {
            Watched target = watched.get(outcome.target());
            if (target == null) {
                continue;
            }
            if (outcome.crash() != null) {
                throw new IllegalStateException(
                        "looking at " + outcome.target() + " failed unexpectedly", outcome.crash());
            }
            if (outcome.look() != null) {
                succeeded(target, outcome.look());
            } else if (outcome.failure() != null) {
                failed(target, outcome.failure());
            }
        }
    }

    private void succeeded(Watched target, Look look) {
        if (target.failures > 0) {
            LOG.info("{} can be read again", target.name);
        }
        target.failures = 0;
        target.failingSince = null;
        target.looked = options.bounded() && !look.unfinished();
        target.seen = look.seen();
        metrics.skipped(look.skipped());
        target.pause = look.pause() == null ? options.pollInterval() : look.pause();
        look.unreadable().forEach(letter -> target.pending.add(new FeedOutput(letter)));
        look.events().forEach(event -> target.pending.add(new FeedOutput(event)));
        if (target.pending.isEmpty()) {
            lookAgainOrFinish(target, target.pause);
        }
    }

    private void failed(Watched target, IOException failure) {
        target.failures++;
        Instant now = options.clock().now();
        Instant since = target.failingSince == null ? now : target.failingSince;
        target.failingSince = since;
        if (target.failures == 1) {
            LOG.warn(
                    "{} cannot be read, will be tried again: {}",
                    target.name,
                    failure.getMessage());
        }
        if (!options.bounded() || target.failures < options.attempts()) {
            look(target, delayAfter(failure, target.failures));
            return;
        }
        target.looked = true;
        String why =
                "not read after %d attempts: %s".formatted(target.failures, failure.getMessage());
        for (Watcher.Span lost : watcher.lost(target.name, target.seen, since, now)) {
            target.pending.add(
                    new FeedOutput(
                            FeedEvents.gap(feed, target.name, lost.from(), lost.to(), why, now)));
        }
    }

    private Duration delayAfter(IOException failure, int failures) {
        Duration usual = options.delayAfter(failures);
        return failure instanceof RetryLaterException later && later.pause().compareTo(usual) > 0
                ? later.pause()
                : usual;
    }

    private void lookAgainOrFinish(Watched target, Duration delay) {
        if (options.bounded() && target.looked) {
            watched.remove(target.name);
            finished.add(target.name);
            askIfIdle();
        } else {
            look(target, delay);
        }
    }

    private void askIfIdle() {
        if (asking != null && started && !asked && !noMoreSplits && watched.isEmpty()) {
            asked = true;
            asking.run();
        }
    }

    private void releaseFinished(ReaderOutput<FeedOutput> output) {
        finished.forEach(output::releaseOutputForSplit);
        finished.clear();
    }

    private void look(Watched target, Duration delay) {
        String name = target.name;
        SortedMap<String, String> seen = target.seen;
        timer.schedule(delay, () -> handOver(Outcome.of(watcher, name, seen)));
    }

    private void handOver(Outcome outcome) {
        synchronized (handover) {
            outcomes.add(outcome);
            available.complete(null);
        }
    }

    private void wake() {
        synchronized (handover) {
            available.complete(null);
        }
    }
}
