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
 * Deals the targets round robin to the readers, each once. Targets that were added to the list
 * since the checkpoint are dealt on restore.
 */
final class WatchEnumerator implements SplitEnumerator<WatchSplit, WatchAssignments> {

    private final SplitEnumeratorContext<WatchSplit> context;
    private final boolean bounded;
    private final List<String> targets;
    private final SortedSet<String> assigned;
    private final SortedMap<String, WatchSplit> returned = new TreeMap<>();

    WatchEnumerator(
            SplitEnumeratorContext<WatchSplit> context,
            Collection<String> targets,
            boolean bounded,
            WatchAssignments state) {
        this.context = context;
        this.bounded = bounded;
        this.targets = List.copyOf(new TreeSet<>(targets));
        this.assigned = new TreeSet<>(state.assigned());
        state.returned().forEach(split -> returned.put(split.target(), split));
    }

    @Override
    public void start() {}

    @Override
    public void addReader(int subtask) {
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
        // Readers do not ask: they are dealt their targets when they register.
    }

    @Override
    public WatchAssignments snapshotState(long checkpointId) {
        return new WatchAssignments(assigned, List.copyOf(returned.values()));
    }

    @Override
    public void close() {}
}
