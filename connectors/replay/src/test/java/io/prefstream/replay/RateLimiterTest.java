package io.prefstream.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/**
 * By hand for min size 10, 2 samples per insert, buffer 6, batch 4: offset 20, so diff = 2·inserted
 * − sampled stays in [14, 26].
 */
class RateLimiterTest {

    private static final RateLimiter LIMITER = new RateLimiter(10, 2, 6, 4);

    @Test
    void nothingIsSampledBelowTheMinimumSize() {
        assertThat(LIMITER.maySample(counters(9, 9, 0), 4)).isFalse();
        assertThat(LIMITER.maySample(counters(10, 10, 0), 4)).isTrue(); // 20 − 4 = 16 ≥ 14
        assertThat(LIMITER.maySample(counters(9, 12, 0), 4)).isFalse(); // three left the table
    }

    @Test
    void samplingWaitsWhenItIsTooFarAhead() {
        assertThat(LIMITER.maySample(counters(10, 10, 2), 4)).isTrue(); // 18 − 4 = 14
        assertThat(LIMITER.maySample(counters(10, 10, 3), 4)).isFalse(); // 17 − 4 = 13
        assertThat(LIMITER.maySample(counters(11, 11, 4), 4)).isTrue(); // 18 − 4 = 14
    }

    @Test
    void insertionWaitsWhenItIsTooFarAhead() {
        assertThat(LIMITER.mayInsert(counters(12, 12, 0))).isTrue(); // 26 ≤ 26
        assertThat(LIMITER.mayInsert(counters(13, 13, 0))).isFalse(); // 28 > 26
        assertThat(LIMITER.mayInsert(counters(13, 13, 2))).isTrue(); // 26 ≤ 26
    }

    @Test
    void countsTheInsertionsThatAreAllowedInARow() {
        assertThat(LIMITER.insertionsAllowed(counters(8, 8, 0), 50)).isEqualTo(5); // 2 · 13 ≤ 26
        assertThat(LIMITER.insertionsAllowed(counters(8, 8, 0), 3)).isEqualTo(3);
        assertThat(LIMITER.insertionsAllowed(counters(13, 13, 0), 50)).isZero();
    }

    @Test
    void insertionNeverWaitsWhileTheTableIsBelowItsMinimum() {
        assertThat(LIMITER.mayInsert(counters(0, 0, 0))).isTrue();
        assertThat(LIMITER.mayInsert(counters(9, 500, 0))).isTrue();
    }

    @Test
    void oneOfTheTwoMayAlwaysGoOnFromAFullEnoughTable() {
        double[] ratios = {0.3, 1, 2.5, 8};
        int[] batches = {1, 4, 32};
        for (double ratio : ratios) {
            for (int batch : batches) {
                RateLimiter tight =
                        new RateLimiter(
                                10, ratio, RateLimiter.leastErrorBuffer(ratio, batch), batch);
                long inserted = 10;
                long sampled = 0;
                for (int i = 0; i < 2_000; i++) {
                    ReplayStats stats = counters(inserted, inserted, sampled);
                    if (tight.maySample(stats, batch)) {
                        sampled += batch;
                    } else {
                        assertThat(tight.mayInsert(stats)).isTrue();
                        inserted++;
                    }
                }
            }
        }
    }

    @Test
    void withoutARatioOnlyTheMinimumSizeCounts() {
        RateLimiter limiter = RateLimiter.minSizeOnly(5);
        assertThat(limiter.maySample(counters(4, 4, 0), 1)).isFalse();
        assertThat(limiter.maySample(counters(5, 5, 1_000_000), 32)).isTrue();
        assertThat(limiter.mayInsert(counters(1_000_000, 1_000_000, 0))).isTrue();
    }

    @Test
    void impossibleSettingsAreRefusedWithTheEquation() {
        assertThatThrownBy(() -> new RateLimiter(10, 2, 2.9, 4))
                .hasMessageContaining("error-buffer of 2.9")
                .hasMessageContaining("(2.0 + 4) / 2 = 3.0");
        assertThatThrownBy(() -> new RateLimiter(0, 2, 9, 4))
                .hasMessageContaining("replay.min-size=0 must be");
        assertThatThrownBy(() -> new RateLimiter(1, 0, 9, 4))
                .hasMessageContaining("samples-per-insert");
        assertThatThrownBy(() -> LIMITER.checkCapacity(9))
                .hasMessageContaining("min-size of 10 exceeds the replay capacity of 9");
    }

    @Test
    void aQueueHandsOutNoMoreThanCameInAndHoldsNoMoreThanItsSize() {
        RateLimiter queue = RateLimiter.queue(3, 1); // 0 ≤ inserted − sampled ≤ 3
        assertThat(queue.maySample(counters(0, 0, 0), 1)).isFalse();
        assertThat(queue.mayInsert(counters(0, 0, 0))).isTrue();
        assertThat(queue.mayInsert(counters(2, 2, 0))).isTrue(); // 3 ≤ 3
        assertThat(queue.mayInsert(counters(3, 3, 0))).isFalse(); // 4 > 3
        assertThat(queue.maySample(counters(3, 3, 0), 3)).isTrue(); // 0 ≥ 0
        assertThat(queue.maySample(counters(3, 3, 0), 4)).isFalse(); // −1 < 0
        assertThat(queue.mayInsert(counters(2, 3, 1))).isTrue();
        // One that was taken out unused leaves its sample to nobody.
        assertThat(queue.maySample(counters(0, 3, 2), 1)).isFalse();
    }

    /** A limiter of whole numbers goes on with a range one smaller than others need. */
    @Test
    void theTightestQueueNeverLocks() {
        for (int batch = 1; batch <= 4; batch++) {
            RateLimiter queue = RateLimiter.queue(batch, batch);
            long inserted = 0;
            long sampled = 0;
            for (int i = 0; i < 100; i++) {
                ReplayStats stats = counters(inserted - sampled, inserted, sampled);
                if (queue.maySample(stats, batch)) {
                    sampled += batch;
                } else {
                    assertThat(queue.mayInsert(stats)).isTrue();
                    inserted++;
                }
            }
            assertThat(sampled).isPositive();
        }
        assertThatThrownBy(() -> RateLimiter.queue(3, 4))
                .hasMessageContaining("batch of 4 exceeds the queue's size of 3");
    }

    /** The bounds as numbers of their own, as Reverb takes them as a pair. */
    @Test
    void boundsThatLockAreRefusedWithTheEquation() {
        // diff = inserted · 1.5 − sampled; both wait at 4.2 once the range is below 1.5 + 2.
        assertThatThrownBy(() -> new RateLimiter(2, 1.5, 2.5, 5.5, 2))
                .hasMessageContaining("max-diff - min-diff = 5.5 - 2.5 = 3.0")
                .hasMessageContaining("samples-per-insert + batch = 1.5 + 2")
                .hasMessageContaining(": 3.5");
        assertThat(new RateLimiter(2, 1.5, 2.5, 6, 2).maxDiff()).isEqualTo(6);
        assertThatThrownBy(() -> new RateLimiter(2, 1.5, 3.5, 20, 2))
                .hasMessageContaining(
                        "min-diff = 3.5 above samples-per-insert · min-size = 1.5 · 2");
    }

    private static ReplayStats counters(long size, long inserted, long sampled) {
        return new ReplayStats(size, inserted, 0, sampled, inserted - size, 0, 0, 0, 0);
    }
}
