package io.prefstream.replay;

import static io.prefstream.replay.Buffers.insert;
import static io.prefstream.replay.Buffers.item;
import static io.prefstream.replay.Buffers.keys;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Draws and insertions that wait for the limiter. */
@Timeout(60)
class ReplayWaitingTest {

    private static final Duration LONG = Duration.ofSeconds(50);

    private final ExecutorService others = Executors.newCachedThreadPool();
    private final List<String> starved = Collections.synchronizedList(new ArrayList<>());

    @TempDir Path folder;

    @AfterEach
    void endOthers() {
        others.shutdownNow();
    }

    @Test
    void aDrawWaitsForTheItemThatIsMissing() throws Exception {
        try (ReplayBuffer buffer = open(RateLimiter.minSizeOnly(2))) {
            insert(buffer, "a");
            Future<List<Sample>> draw =
                    others.submit(() -> buffer.draw(2, new SplitMix64(1), LONG));
            awaitWaiting(buffer, 1);
            insert(buffer, "b");
            assertThat(get(draw)).hasSize(2).allMatch(Sample::rateLimited);
            assertThat(buffer.draw(2, new SplitMix64(1), Duration.ZERO))
                    .noneMatch(Sample::rateLimited);
        }
    }

    @Test
    void aDrawThatMayNotBeMadeInTimeSaysWhy() {
        try (ReplayBuffer buffer = open(RateLimiter.minSizeOnly(5))) {
            insert(buffer, "a");
            for (Duration timeout : List.of(Duration.ZERO, Duration.ofMillis(2))) {
                assertThatThrownBy(() -> buffer.draw(1, new SplitMix64(1), timeout))
                        .isInstanceOf(TimeoutException.class)
                        .hasMessage(
                                "no draw of table t within %s: size 1 is below min-size 5"
                                        .formatted(timeout));
            }
            assertThat(buffer.stats().sampled()).isZero();
        }
    }

    @Test
    void anInsertionWaitsForTheSampleThatIsMissing() throws Exception {
        // By hand: queue of 2, so diff = inserted − sampled stays in [0, 2].
        try (ReplayBuffer buffer = open(TableSettings.queue("t", 2, 1))) {
            buffer.insert(item("a"), Duration.ZERO);
            buffer.insert(item("b"), Duration.ZERO);
            assertThatThrownBy(() -> buffer.insert(item("c"), Duration.ZERO))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining(
                            "(inserted + 1) · samples-per-insert - sampled = 3 · 1.0 - 0 is above"
                                    + " max-diff 2.0");
            Future<?> third = others.submit(() -> buffer.insert(item("c"), LONG));
            awaitWaiting(buffer, 1);
            assertThat(keys(buffer.draw(1, new SplitMix64(1), Duration.ZERO))).containsExactly("a");
            get(third);
            assertThat(buffer.stats()).isEqualTo(new ReplayStats(2, 3, 0, 1, 0, 0, 1, 0, 0));
        }
    }

    @Test
    void aDrawThatIsCalledOffStopsAndTakesNothing() throws Exception {
        try (ReplayBuffer buffer = open(RateLimiter.minSizeOnly(2))) {
            PendingDraw pending = buffer.pendingDraw(1, new SplitMix64(1));
            Future<List<Sample>> draw = others.submit(() -> pending.await(LONG));
            Future<List<Sample>> other =
                    others.submit(() -> buffer.draw(1, new SplitMix64(1), LONG));
            awaitWaiting(buffer, 2);
            pending.cancel();
            assertThatThrownBy(() -> get(draw))
                    .isInstanceOf(CancellationException.class)
                    .hasMessage("the draw was called off");
            insert(buffer, "a", "b");
            assertThat(get(other)).hasSize(1);
            assertThat(buffer.stats().sampled()).isEqualTo(1);
            assertThatThrownBy(() -> pending.await(LONG)).isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void aDrawWaitsForFreshItemsOnceAllAreTooOld() throws Exception {
        Staleness limit = new Staleness(0L, null, Staleness.Policy.DROP);
        try (ReplayBuffer buffer = open(TableSettings.table("t", 9).staleness(limit))) {
            insert(buffer, "old");
            try (ReplayUpdate update = buffer.begin()) {
                update.modelVersion(1);
                update.commit();
            }
            Future<List<Sample>> draw =
                    others.submit(() -> buffer.draw(1, new SplitMix64(1), LONG));
            awaitWaiting(buffer, 1);
            assertThat(buffer.stats().stale()).isEqualTo(1);
            insert(buffer, "new");
            assertThat(keys(get(draw))).containsExactly("new");
        }
    }

    @Test
    void anInterruptedDrawStops() throws Exception {
        try (ReplayBuffer buffer = open(RateLimiter.minSizeOnly(2))) {
            Future<List<Sample>> draw =
                    others.submit(() -> buffer.draw(1, new SplitMix64(1), LONG));
            awaitWaiting(buffer, 1);
            draw.cancel(true);
            awaitWaiting(buffer, 0);
            insert(buffer, "a", "b");
            assertThat(buffer.stats().sampled()).isZero();
        }
    }

    @Test
    void closingCallsOffWhatWaits() throws Exception {
        ReplayBuffer buffer = open(RateLimiter.minSizeOnly(2));
        Future<List<Sample>> draw = others.submit(() -> buffer.draw(1, new SplitMix64(1), LONG));
        awaitWaiting(buffer, 1);
        buffer.close();
        assertThatThrownBy(() -> get(draw))
                .isInstanceOf(CancellationException.class)
                .hasMessageContaining("the buffer is closed");
        for (ThrowingCallable use :
                List.<ThrowingCallable>of(
                        buffer::begin,
                        () -> buffer.note("n"),
                        () -> buffer.forEachNote("", (name, note) -> {}),
                        () -> buffer.forEach(1, (key, value) -> {}),
                        () -> buffer.checkpoint(folder.resolve("copy")))) {
            assertThatThrownBy(use)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the replay buffer is closed");
        }
    }

    @Test
    void whoIsInTheMiddleOfAnUpdateCannotWait() {
        try (ReplayBuffer buffer = open(RateLimiter.minSizeOnly(2));
                ReplayUpdate update = buffer.begin()) {
            for (ThrowingCallable wait :
                    List.<ThrowingCallable>of(
                            () -> buffer.insert(Buffers.item("a"), LONG),
                            () -> buffer.awaitRoom(LONG),
                            () -> buffer.draw(1, new SplitMix64(1), LONG))) {
                assertThatThrownBy(wait)
                        .hasMessage("an update of the replay buffer is under way already");
            }
            assertThat(update.stats().size()).isZero();
        }
    }

    @Test
    void anotherLimiterIsMindedAtOnce() throws Exception {
        try (ReplayBuffer buffer = open(RateLimiter.minSizeOnly(50))) {
            insert(buffer, "a", "b", "c");
            Future<List<Sample>> draw =
                    others.submit(() -> buffer.draw(1, new SplitMix64(1), LONG));
            awaitWaiting(buffer, 1);
            assertThatThrownBy(() -> buffer.limit("t", RateLimiter.minSizeOnly(101)))
                    .hasMessageContaining("min-size of 101 exceeds the replay capacity of 100");
            buffer.limit("t", RateLimiter.minSizeOnly(3));
            assertThat(get(draw)).hasSize(1);
        }
    }

    /** By hand: 2 fresh, 2 handed on, so diff = 4 · 1 − sampled; of a draw of 2 one is history. */
    @Test
    void theLimiterOfATableCountsWhatItHandedOnToo() throws Exception {
        ReplaySettings halves =
                ReplaySettings.freshAndHistory(
                        TableSettings.table("fresh", 2)
                                .limiter(new RateLimiter(1, 1, 0, 4, 2))
                                .build(),
                        TableSettings.table("history", 9).build(),
                        0.5);
        try (ReplayBuffer buffer = ReplayBuffer.open(folder, halves)) {
            for (String key : List.of("a", "b", "c", "d")) {
                assertThat(buffer.awaitRoom(Duration.ZERO)).isTrue();
                buffer.insert(item(key), Duration.ZERO);
            }
            assertThat(buffer.awaitRoom(Duration.ZERO)).isFalse();
            assertThatThrownBy(() -> buffer.insert(item("e"), Duration.ZERO))
                    .hasMessageContaining("= 5 · 1.0 - 0 is above max-diff 4.0");
            buffer.draw(2, new SplitMix64(1), Duration.ZERO);
            buffer.draw(2, new SplitMix64(2), Duration.ZERO);
            assertThat(buffer.stats("history").sampled()).isEqualTo(2);
            assertThatThrownBy(() -> buffer.draw(2, new SplitMix64(3), Duration.ZERO))
                    .hasMessageContaining("= 4 · 1.0 - 4 - 2 is below min-diff 0.0");
            try (ReplayUpdate update = buffer.begin()) {
                assertThat(update.insertionsAllowed(9)).isEqualTo(4);
            }
        }
    }

    @Test
    void aDrawWithoutTraceWaitsForTheMinimumSizeAloneAndChangesNothing() throws Exception {
        // A queue of 2, of which each item leaves with its use.
        try (ReplayBuffer buffer = open(TableSettings.queue("t", 2, 2))) {
            insert(buffer, "a");
            Future<List<Sample>> first =
                    others.submit(() -> buffer.pendingPeek(2, new SplitMix64(1)).await(LONG));
            awaitWaiting(buffer, 1);
            insert(buffer, "b");
            List<Sample> peeked = get(first);
            assertThat(keys(peeked)).containsExactly("a", "b");
            assertThat(buffer.stats().sampled()).isZero();
            assertThat(keys(buffer.pendingPeek(2, new SplitMix64(1)).await(Duration.ZERO)))
                    .isEqualTo(keys(peeked));
            assertThat(buffer.draw(2, new SplitMix64(1), Duration.ZERO))
                    .extracting(Sample::key, Sample::timesSampled)
                    .containsExactly(tuple("a", 1L), tuple("b", 1L));
        }
    }

    @Test
    void whoeverStarvesIsReportedOnceWithTheReason() throws Exception {
        try (ReplayBuffer buffer = open(RateLimiter.minSizeOnly(2))) {
            insert(buffer, "a");
            Future<List<Sample>> draw =
                    others.submit(() -> buffer.draw(1, new SplitMix64(1), LONG));
            awaitWaiting(buffer, 1);
            change(buffer);
            change(buffer);
            insert(buffer, "b");
            get(draw);
            assertThat(starved).containsExactly("draw t size 1 is below min-size 2");
        }
    }

    @Test
    void manyProducersAndConsumersKeepTheLimiterAndLoseNothing() throws Exception {
        int each = 300;
        int threads = 4;
        // Two samples an item, batches of 3: by hand, |diff − 2 · 10| ≤ 8; at the end diff is 24.
        RateLimiter limiter = new RateLimiter(10, 2, 8, 3);
        try (ReplayBuffer buffer = open(limiter)) {
            List<Future<?>> work = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                work.add(
                        others.submit(
                                () -> {
                                    for (int i = 0; i < each; i++) {
                                        buffer.insert(item(thread + "-" + i), LONG);
                                    }
                                    return null;
                                }));
                work.add(
                        others.submit(
                                () -> {
                                    for (int i = 0; i < 2 * each / 3 - 2; i++) {
                                        buffer.draw(3, new SplitMix64(thread), LONG);
                                        ReplayStats stats = buffer.stats();
                                        assertThat(2 * stats.inserted() - stats.sampled())
                                                .isBetween(12L, 28L);
                                    }
                                    return null;
                                }));
            }
            for (Future<?> part : work) {
                get(part);
            }
            ReplayStats stats = buffer.stats();
            assertThat(stats.inserted()).isEqualTo(threads * each);
            assertThat(stats.sampled()).isEqualTo(threads * 3 * (2 * each / 3 - 2));
            assertThat(stats.size() + stats.evicted()).isEqualTo(stats.inserted());
        }
    }

    private ReplayBuffer open(RateLimiter limiter) {
        return open(TableSettings.table("t", 100).limiter(limiter));
    }

    private ReplayBuffer open(TableSettings.Builder table) {
        return ReplayBuffer.open(
                folder,
                ReplaySettings.of(table.build()).withStarvationAfter(Duration.ZERO),
                Clock.systemUTC(),
                (name, what, waited, why) -> starved.add(what + " " + name + " " + why));
    }

    /** An update that lets nobody go on but wakes all. */
    private static void change(ReplayBuffer buffer) {
        try (ReplayUpdate update = buffer.begin()) {
            update.note("n", new byte[1]);
            update.commit();
        }
    }

    private static void awaitWaiting(ReplayBuffer buffer, int threads) {
        while (buffer.waiting() != threads) {
            Thread.onSpinWait();
        }
    }

    private static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get(50, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}
