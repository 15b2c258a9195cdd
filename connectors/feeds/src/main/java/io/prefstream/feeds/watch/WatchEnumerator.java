package io.prefstream.feeds.watch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.jspecify.annotations.Nullable;

/**
 * Deals the targets to the readers, each once: round robin when they register, or in order, one to
 * each reader that asks. Targets that were added to the list since the checkpoint are dealt on
 * restore.
 */
final class WatchEnumerator implements SplitEnumerator<WatchSplit, WatchAssignments> {

    private final SplitEnumeratorContext<WatchSplit> context;
    private final boolean bounded;
    private final boolean onRequest;
    private final List<String> targets;
    private final SortedSet<String> assigned;
    private final SortedMap<String, WatchSplit> returned = new TreeMap<>();

    WatchEnumerator(
            SplitEnumeratorContext<WatchSplit> context,
            Collection<String> targets,
            boolean bounded,
            boolean onRequest,
            WatchAssignments state) {
        this.context = context;
        this.bounded = bounded;
        this.onRequest = onRequest;
        this.targets = List.copyOf(new TreeSet<>(targets));
        this.assigned = new TreeSet<>(state.assigned());
        state.returned().forEach(split -> returned.put(split.target(), split));
    }

    @Override
    public void start() {}

    @Override
    public void addReader(int subtask) {
        if (onRequest) {
            return;
        }
        List<WatchSplit> splits = new ArrayList<>();
        for (int i = subtask; i < targets.size(); i += context.currentParallelism()) {
            String target = targets.get(i);
            WatchSplit back = returned.remove(target);
            if (back != null) {
                splits.add(back);
            } else if (!assigned.contains(target)) {
                splits.add(WatchSplit.unseen(target));
            }
            assigned.add(target);
        }
        if (!splits.isEmpty()) {
            context.assignSplits(new SplitsAssignment<>(Map.of(subtask, splits)));
        }
        if (bounded) {
            context.signalNoMoreSplits(subtask);
        }
    }

    @Override
    public void addSplitsBack(List<WatchSplit> splits, int subtask) {
        for (WatchSplit split : splits) {
            returned.put(split.target(), split);
            assigned.remove(split.target());
        }
    }

    @Override
    public void handleSplitRequest(int subtask, @Nullable String host) {
        if (!onRequest) {
            return;
        }
        WatchSplit next = next();
        if (next != null) {
            assigned.add(next.target());
            context.assignSplits(new SplitsAssignment<>(Map.of(subtask, List.of(next))));
        } else if (bounded) {
            context.signalNoMoreSplits(subtask);
        }
    }

    private @Nullable WatchSplit next() {
        while (!returned.isEmpty()) {
            WatchSplit back = returned.remove(returned.firstKey());
            if (back != null && targets.contains(back.target())) {
                return back;
            }
        }
        for (String target : targets) {
            if (!assigned.contains(target)) {
                return WatchSplit.unseen(target);
            }
        }
        return null;
    }

    @Override
    public WatchAssignments snapshotState(long checkpointId) {
        return new WatchAssignments(assigned, List.copyOf(returned.values()));
    }

    @Override
    public void close() {}
}
