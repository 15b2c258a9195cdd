package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.schemas.FeedGap;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class WatchReaderTest {

    private static final WatchOptions ENDLESS =
            WatchOptions.DEFAULTS
                    .withPollInterval(Duration.ofMinutes(7))
                    .withClock(() -> Events.NOON);
    private static final WatchOptions ONCE =
            ENDLESS.withBounded(true).withRetries(3, Duration.ofSeconds(1));

    private final ListWatcher watcher = new ListWatcher();
    private final ManualTimer timer = new ManualTimer();
    private final CollectingOutput output = new CollectingOutput();

    @Test
    void isAvailableOnceALookFoundSomething() {
        WatchReader reader = reader(ENDLESS);
        reader.addSplits(List.of(WatchSplit.unseen("a")));
        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        CompletableFuture<Void> available = reader.isAvailable();
        assertThat(available).isNotDone();

        watcher.publish("a", "1");
        timer.elapse();

        assertThat(available).isDone();
        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.MORE_AVAILABLE);
        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        assertThat(reader.isAvailable()).isNotDone();
        assertThat(output.timestamps).containsExactly(Events.NOON.toEpochMilli());
    }

    @Test
    void looksAgainAfterThePollIntervalOnly() {
        WatchReader reader = reader(ENDLESS);
        watcher.publish("a", "1");
        reader.addSplits(List.of(WatchSplit.unseen("a")));
        timer.elapse();
        drain(reader);
        assertThat(timer.delays).containsExactly(Duration.ZERO, Duration.ofMinutes(7));

        watcher.publish("a", "2");
        timer.elapse();
        drain(reader);

        assertThat(output.events).extracting(Events::revisionOf).containsExactly("1", "2");
    }

    @Test
    void aSnapshotBetweenTwoEventsOfALookHoldsTheSecond() {
        watcher.publish("a", "1", "2", "3");
        WatchReader reader = reader(ENDLESS);
        reader.addSplits(List.of(WatchSplit.unseen("a")));
        timer.elapse();
        reader.pollNext(output);

        List<WatchSplit> checkpoint = reader.snapshotState(1);
        WatchReader restored = reader(ENDLESS);
        restored.addSplits(checkpoint);
        drain(restored);
        timer.elapse();
        drain(restored);

        assertThat(output.events).extracting(Events::revisionOf).containsExactly("1", "2", "3");
    }

    @Test
    void aBoundedReaderEndsAfterOneLookAtEachTarget() {
        watcher.publish("a", "1").publish("b", "2");
        WatchReader reader = reader(ONCE);
        reader.addSplits(List.of(WatchSplit.unseen("a"), WatchSplit.unseen("b")));
        reader.notifyNoMoreSplits();
        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        timer.elapse();
        assertThat(drain(reader)).isEqualTo(InputStatus.END_OF_INPUT);
        assertThat(output.events).extracting(Events::revisionOf).containsExactly("1", "2");
        assertThat(reader.snapshotState(1)).isEmpty();
    }

    @Test
    void aBoundedReaderWithoutTargetsEndsAtOnce() {
        WatchReader reader = reader(ONCE);
        CompletableFuture<Void> available = reader.isAvailable();
        reader.notifyNoMoreSplits();
        assertThat(available).isDone();
        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.END_OF_INPUT);
    }

    @Test
    void aBoundedReaderThatWasRestoredDoesNotLookTwice() {
        watcher.publish("a", "1", "2");
        WatchReader reader = reader(ONCE);
        reader.addSplits(List.of(WatchSplit.unseen("a")));
        timer.elapse();
        reader.pollNext(output);
        WatchReader restored = reader(ONCE);
        restored.addSplits(reader.snapshotState(1));
        restored.notifyNoMoreSplits();
        watcher.publish("a", "3");
        assertThat(drain(restored)).isEqualTo(InputStatus.END_OF_INPUT);
        assertThat(output.events).extracting(Events::revisionOf).containsExactly("1", "2");
    }

    @Test
    void aFailedLookIsTriedAgainAndLosesNothing() {
        watcher.publish("a", "1");
        watcher.failure = new IOException("no route to host");
        WatchReader reader = reader(ENDLESS);
        reader.addSplits(List.of(WatchSplit.unseen("a")));
        timer.elapse();
        drain(reader);
        assertThat(output.events).isEmpty();

        watcher.failure = null;
        timer.elapse();
        drain(reader);

        assertThat(output.events).extracting(Events::revisionOf).containsExactly("1");
        assertThat(timer.delays.get(1)).isEqualTo(Duration.ofMinutes(7));
    }

    @Test
    void aBoundedReaderReportsAGapForWhatItCannotRead() {
        watcher.failure = new IOException("no route to host");
        WatchReader reader = reader(ONCE);
        reader.addSplits(List.of(WatchSplit.unseen("a")));
        reader.notifyNoMoreSplits();
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThat(drain(reader)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
            timer.elapse();
        }
        assertThat(drain(reader)).isEqualTo(InputStatus.END_OF_INPUT);
        assertThat(timer.delays)
                .containsExactly(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(output.events)
                .singleElement()
                .satisfies(
                        event ->
                                assertThat(((FeedGap) event.getBody()).getWhy())
                                        .isEqualTo(
                                                "a: not read after 3 attempts: no route to host"));
    }

    @Test
    void aLookThatTookAPartIsFollowedAtOnceAlsoInABoundedReader() {
        watcher.publish("a", "1", "2", "3").most = 2;
        WatchReader reader = reader(ONCE);
        reader.addSplits(List.of(WatchSplit.unseen("a")));
        reader.notifyNoMoreSplits();
        timer.elapse();

        assertThat(drain(reader)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        assertThat(reader.snapshotState(1)).extracting(WatchSplit::looked).containsExactly(false);
        timer.elapse();

        assertThat(drain(reader)).isEqualTo(InputStatus.END_OF_INPUT);
        assertThat(timer.delays).containsExactly(Duration.ZERO, Duration.ZERO);
        assertThat(output.events).extracting(Events::revisionOf).containsExactly("1", "2", "3");
    }

    @Test
    void aTargetThatAsksForAPauseIsLeftAloneForIt() {
        watcher.publish("a", "1").pause = Duration.ofHours(1);
        WatchReader reader = reader(ENDLESS);
        reader.addSplits(List.of(WatchSplit.unseen("a")));
        timer.elapse();
        drain(reader);

        assertThat(timer.delays).containsExactly(Duration.ZERO, Duration.ofHours(1));
    }

    @Test
    void aTargetThatSaysWhenToComeBackIsNotTriedEarlier() {
        watcher.failure = new RetryLaterException("rate limit", Duration.ofMinutes(40));
        WatchReader reader = reader(ONCE);
        reader.addSplits(List.of(WatchSplit.unseen("a")));
        timer.elapse();
        drain(reader);

        watcher.failure = new RetryLaterException("rate limit", Duration.ofMillis(1));
        timer.elapse();
        drain(reader);

        assertThat(timer.delays)
                .containsExactly(Duration.ZERO, Duration.ofMinutes(40), Duration.ofSeconds(2));
    }

    @Test
    void aDefectOfTheWatcherFailsTheTask() {
        watcher.failure = new IllegalStateException("a defect");
        WatchReader reader = reader(ENDLESS);
        reader.addSplits(List.of(WatchSplit.unseen("a")));
        timer.elapse();
        assertThatThrownBy(() -> reader.pollNext(output)).hasRootCauseMessage("a defect");
    }

    @Test
    void dropsATargetThatIsNotWatchedAnyMore() {
        WatchReader reader = reader(ENDLESS);
        reader.addSplits(List.of(WatchSplit.unseen("removed")));
        assertThat(reader.snapshotState(1)).isEmpty();
    }

    @Test
    void asksForAnotherTargetWhenItHasFinishedItsOwn() {
        List<String> asked = new ArrayList<>();
        WatchReader reader =
                new WatchReader(
                        "test",
                        Set.of("a", "b"),
                        ONCE,
                        watcher,
                        timer,
                        new FeedMetrics(new UnregisteredMetricsGroup()),
                        () -> asked.add("asked"));
        reader.start();
        assertThat(asked).hasSize(1);
        watcher.publish("a", "1").publish("b", "2");
        reader.addSplits(List.of(WatchSplit.unseen("a")));
        timer.elapse();
        assertThat(drain(reader)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        assertThat(asked).hasSize(2);
        reader.addSplits(List.of(WatchSplit.unseen("b")));
        timer.elapse();
        drain(reader);
        assertThat(asked).hasSize(3);
        reader.notifyNoMoreSplits();
        assertThat(drain(reader)).isEqualTo(InputStatus.END_OF_INPUT);
        assertThat(output.released).containsExactly("a", "b");
    }

    @Test
    void aReaderThatWasRestoredWithATargetDoesNotAskForAnother() {
        List<String> asked = new ArrayList<>();
        WatchReader reader =
                new WatchReader(
                        "test",
                        Set.of("a"),
                        ONCE,
                        watcher,
                        timer,
                        new FeedMetrics(new UnregisteredMetricsGroup()),
                        () -> asked.add("asked"));
        reader.addSplits(List.of(WatchSplit.unseen("a")));
        reader.start();
        assertThat(asked).isEmpty();
    }

    @Test
    void countsWhatItEmitsAndWhatWasPassedOver() {
        Map<String, Metric> metrics = new TreeMap<>();
        watcher.publish("a", "1", "2");
        watcher.skipped = "other-type";
        watcher.letter = true;
        WatchReader reader =
                new WatchReader(
                        "test",
                        Set.of("a"),
                        ONCE,
                        watcher,
                        timer,
                        new FeedMetrics(new KeptMetrics("", metrics)),
                        null);
        reader.addSplits(List.of(WatchSplit.unseen("a")));
        timer.elapse();
        drain(reader);

        assertThat(((Counter) metrics.get("feedEvents")).getCount()).isEqualTo(2);
        assertThat(((Counter) metrics.get("feedGaps")).getCount()).isZero();
        assertThat(((Counter) metrics.get("feedDeadLetters")).getCount()).isEqualTo(1);
        assertThat(((Counter) metrics.get("reason.other-type.feedSkipped")).getCount())
                .isEqualTo(7);
        assertThat(((Gauge<?>) metrics.get("feedLagMs")).getValue()).isEqualTo(0L);
        assertThat(output.letters).hasSize(1);
    }

    @Test
    void closesWhatItHolds() {
        reader(ENDLESS).close();
        assertThat(timer.closed).isTrue();
        assertThat(watcher.closed).isTrue();
    }

    private WatchReader reader(WatchOptions options) {
        return new WatchReader("test", Set.of("a", "b"), options, watcher, timer);
    }

    private InputStatus drain(WatchReader reader) {
        InputStatus status = reader.pollNext(output);
        while (status == InputStatus.MORE_AVAILABLE) {
            status = reader.pollNext(output);
        }
        return status;
    }

    /** Keeps metrics by their names. */
    private static final class KeptMetrics extends UnregisteredMetricsGroup {
        private final String prefix;
        private final Map<String, Metric> kept;

        KeptMetrics(String prefix, Map<String, Metric> kept) {
            this.prefix = prefix;
            this.kept = kept;
        }

        @Override
        public Counter counter(String name) {
            return counter(name, new SimpleCounter());
        }

        @Override
        public <C extends Counter> C counter(String name, C counter) {
            kept.put(prefix + name, counter);
            return counter;
        }

        @Override
        public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
            kept.put(prefix + name, gauge);
            return gauge;
        }

        @Override
        public MetricGroup addGroup(String key, String value) {
            return new KeptMetrics(prefix + key + "." + value + ".", kept);
        }
    }
}
