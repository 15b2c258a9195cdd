package io.prefstream.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What every selector keeps to. The expected distribution is computed anew from the set by whoever
 * extends this, in the plainest way.
 */
abstract class SelectorContract {

    /** An empty selector. */
    abstract Selector empty();

    /** The probability of each slot, from their priorities. */
    abstract Map<Integer, Double> expected(TreeMap<Integer, Double> priorities);

    @Test
    void picksByItsDistribution() {
        TreeMap<Integer, Double> set = new TreeMap<>();
        Selector selector = empty();
        double[] priorities = {0.5, 3, 1, 3, 0, 0.25, 2, 8, 1, 0.125};
        for (int slot = 0; slot < priorities.length; slot++) {
            selector.insert(slot, priorities[slot]);
            set.put(slot, priorities[slot]);
        }
        assertMatches(selector, set, 11);
        for (int gone : new int[] {0, 4, 9, 7}) {
            selector.remove(gone);
            set.remove(gone);
        }
        assertMatches(selector, set, 12);
        selector.update(5, 16);
        set.put(5, 16.0);
        assertMatches(selector, set, 13);
        selector.insert(4, 0.75);
        set.put(4, 0.75);
        selector.insert(10, 2);
        set.put(10, 2.0);
        assertMatches(selector, set, 14);
    }

    @Test
    void oneSlotIsAlwaysPicked() {
        Selector selector = empty();
        for (double priority : new double[] {0, 1e-9, 1, 30_000}) {
            selector.insert(70, priority);
            assertThat(selector.select(new SplittableRandom(1))).isEqualTo(70);
            assertThat(selector.probability(70)).isEqualTo(1);
            selector.remove(70);
        }
    }

    @Test
    void survivesRandomChangesAndIsWhatAFreshOneWouldBe() {
        SplittableRandom random = new SplittableRandom(3);
        TreeMap<Integer, Double> set = new TreeMap<>();
        Selector selector = empty();
        int next = 0;
        for (int change = 0; change < 4_000; change++) {
            double priority = random.nextInt(5) * 0.5;
            int kind = set.isEmpty() ? 0 : random.nextInt(3);
            if (kind == 0) {
                selector.insert(next, priority);
                set.put(next++, priority);
            } else {
                int slot = new ArrayList<>(set.keySet()).get(random.nextInt(set.size()));
                if (kind == 1) {
                    selector.remove(slot);
                    set.remove(slot);
                } else {
                    selector.update(slot, priority);
                    set.put(slot, priority);
                }
            }
            if (change % 100 == 99 && !set.isEmpty()) {
                assertProbabilities(selector, set);
                assertThat(picks(selector, 20, change)).isEqualTo(picks(of(set), 20, change));
            }
        }
    }

    private Selector of(TreeMap<Integer, Double> set) {
        Selector selector = empty();
        set.forEach(selector::insert);
        return selector;
    }

    private static List<Integer> picks(Selector selector, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Integer> picks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            picks.add(selector.select(random));
        }
        return picks;
    }

    private void assertProbabilities(Selector selector, TreeMap<Integer, Double> set) {
        Map<Integer, Double> expected = expected(set);
        set.keySet()
                .forEach(
                        slot ->
                                assertThat(selector.probability(slot))
                                        .isCloseTo(expected.getOrDefault(slot, 0.0), within(1e-4)));
    }

    /** Compares 20,000 picks with the distribution by Pearson's χ². */
    private void assertMatches(Selector selector, TreeMap<Integer, Double> set, long seed) {
        assertProbabilities(selector, set);
        Map<Integer, Double> expected = expected(set);
        Map<Integer, Integer> picked = new TreeMap<>();
        int picks = 20_000;
        for (int slot : picks(selector, picks, seed)) {
            picked.merge(slot, 1, Integer::sum);
        }
        double chiSquare = 0;
        int possible = 0;
        for (int slot : set.keySet()) {
            double mean = picks * expected.getOrDefault(slot, 0.0);
            int count = picked.getOrDefault(slot, 0);
            if (mean == 0) {
                assertThat(count).as("slot %d", slot).isZero();
            } else {
                chiSquare += (count - mean) * (count - mean) / mean;
                possible++;
            }
        }
        assertThat(picked.keySet()).isSubsetOf(set.keySet());
        // The 99.9 % point of χ² with k degrees of freedom, by Wilson and Hilferty.
        int freedom = Math.max(1, possible - 1);
        double cube = 1 - 2.0 / (9 * freedom) + 3.0902 * Math.sqrt(2.0 / (9 * freedom));
        assertThat(chiSquare).isLessThan(freedom * cube * cube * cube);
    }
}
