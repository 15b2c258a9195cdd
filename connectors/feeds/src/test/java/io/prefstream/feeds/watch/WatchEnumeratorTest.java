package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.junit.jupiter.api.Test;

class WatchEnumeratorTest {

    private final Context context = new Context(2);

    @Test
    void dealsEachTargetToOneReader() {
        WatchEnumerator enumerator = enumerator(List.of("c", "a", "b"), false, none());
        enumerator.addReader(1);
        enumerator.addReader(0);
        enumerator.addReader(0);
        assertThat(context.dealt).containsExactly("1:b", "0:a", "0:c");
        assertThat(context.finished).isEmpty();
    }

    @Test
    void tellsBoundedReadersThatThereIsNoMore() {
        WatchEnumerator enumerator = enumerator(List.of("a"), true, none());
        enumerator.addReader(0);
        enumerator.addReader(1);
        assertThat(context.finished).containsExactly(0, 1);
    }

    @Test
    void dealsOnlyNewTargetsAfterARestore() {
        WatchAssignments state = new WatchAssignments(new TreeSet<>(List.of("a", "b")), List.of());
        WatchEnumerator enumerator = enumerator(List.of("a", "b", "new"), false, state);
        enumerator.addReader(0);
        enumerator.addReader(1);
        assertThat(context.dealt).containsExactly("0:new");
    }

    @Test
    void givesASplitThatCameBackWithItsStateEvenAfterARestore() {
        WatchEnumerator first = enumerator(List.of("a"), false, none());
        first.addReader(0);
        SortedMap<String, String> seen = new TreeMap<>(Map.of("1", ""));
        WatchSplit split = new WatchSplit("a", seen, List.of(), false);
        first.addSplitsBack(List.of(split), 0);

        WatchEnumerator restored = enumerator(List.of("a"), false, first.snapshotState(1));
        context.splits.clear();
        restored.addReader(0);

        assertThat(context.splits).containsExactly(split);
    }

    @Test
    void dealsTargetsInOrderToReadersThatAsk() {
        WatchEnumerator enumerator =
                new WatchEnumerator(context, List.of("c", "a", "b"), true, true, none());
        enumerator.addReader(0);
        enumerator.addReader(1);
        assertThat(context.dealt).isEmpty();
        enumerator.handleSplitRequest(1, null);
        enumerator.handleSplitRequest(0, null);
        enumerator.handleSplitRequest(1, null);
        assertThat(context.dealt).containsExactly("1:a", "0:b", "1:c");
        assertThat(context.finished).isEmpty();
        enumerator.handleSplitRequest(1, null);
        assertThat(context.finished).containsExactly(1);
    }

    @Test
    void dealsWhatCameBackToTheNextThatAsksAndNothingTwiceAfterARestore() {
        WatchEnumerator first = new WatchEnumerator(context, List.of("a", "b"), true, true, none());
        first.handleSplitRequest(0, null);
        WatchSplit back = context.splits.get(0);
        first.addSplitsBack(List.of(back), 0);
        first.handleSplitRequest(1, null);
        assertThat(context.dealt).containsExactly("0:a", "1:a");

        WatchEnumerator restored =
                new WatchEnumerator(
                        context, List.of("a", "b", "c"), true, true, first.snapshotState(1));
        context.dealt.clear();
        restored.handleSplitRequest(0, null);
        restored.handleSplitRequest(0, null);
        restored.handleSplitRequest(0, null);
        assertThat(context.dealt).containsExactly("0:b", "0:c");
    }

    private static WatchAssignments none() {
        return WatchAssignments.none();
    }

    private WatchEnumerator enumerator(
            List<String> targets, boolean bounded, WatchAssignments state) {
        return new WatchEnumerator(context, targets, bounded, false, state);
    }

    private static final class Context implements SplitEnumeratorContext<WatchSplit> {

        final List<String> dealt = new ArrayList<>();
        final List<WatchSplit> splits = new ArrayList<>();
        final List<Integer> finished = new ArrayList<>();
        private final int parallelism;

        Context(int parallelism) {
            this.parallelism = parallelism;
        }

        @Override
        public int currentParallelism() {
            return parallelism;
        }

        @Override
        public void assignSplits(SplitsAssignment<WatchSplit> assignment) {
            assignment
                    .assignment()
                    .forEach(
                            (subtask, assigned) -> {
                                splits.addAll(assigned);
                                assigned.forEach(
                                        split -> dealt.add(subtask + ":" + split.target()));
                            });
        }

        @Override
        public void signalNoMoreSplits(int subtask) {
            finished.add(subtask);
        }

        @Override
        public SplitEnumeratorMetricGroup metricGroup() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sendEventToSourceReader(int subtask, SourceEvent event) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Map<Integer, ReaderInfo> registeredReaders() {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> void callAsync(
                Callable<T> callable,
                BiConsumer<T, Throwable> handler,
                long initialDelay,
                long period) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void runInCoordinatorThread(Runnable runnable) {
            runnable.run();
        }
    }
}
