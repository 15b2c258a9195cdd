package io.prefstream.replay;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The selectors, each against the contract. */
class SelectorTest {

    @Nested
    class Fifo extends SelectorContract {
        @Override
        Selector empty() {
            return Selection.FIFO.selector(1);
        }

        @Override
        Map<Integer, Double> expected(TreeMap<Integer, Double> priorities) {
            return Map.of(priorities.firstKey(), 1.0);
        }
    }

    @Nested
    class Lifo extends SelectorContract {
        @Override
        Selector empty() {
            return Selection.LIFO.selector(1);
        }

        @Override
        Map<Integer, Double> expected(TreeMap<Integer, Double> priorities) {
            return Map.of(priorities.lastKey(), 1.0);
        }
    }

    @Nested
    class Uniform extends SelectorContract {
        @Override
        Selector empty() {
            return Selection.UNIFORM.selector(1);
        }

        @Override
        Map<Integer, Double> expected(TreeMap<Integer, Double> priorities) {
            return uniform(priorities);
        }
    }

    @Nested
    class Proportional extends SelectorContract {
        @Override
        Selector empty() {
            return Selection.PRIORITIZED.selector(1);
        }

        @Override
        Map<Integer, Double> expected(TreeMap<Integer, Double> priorities) {
            return powers(priorities, 1);
        }
    }

    @Nested
    class Prioritized extends SelectorContract {
        @Override
        Selector empty() {
            return Selection.PRIORITIZED.selector(0.6);
        }

        @Override
        Map<Integer, Double> expected(TreeMap<Integer, Double> priorities) {
            return powers(priorities, 0.6);
        }
    }

    @Nested
    class PrioritizedWithoutExponent extends SelectorContract {
        @Override
        Selector empty() {
            return Selection.PRIORITIZED.selector(0);
        }

        @Override
        Map<Integer, Double> expected(TreeMap<Integer, Double> priorities) {
            return uniform(priorities);
        }
    }

    @Nested
    class MinHeap extends SelectorContract {
        @Override
        Selector empty() {
            return Selection.MIN_HEAP.selector(1);
        }

        @Override
        Map<Integer, Double> expected(TreeMap<Integer, Double> priorities) {
            return firstOf(priorities, Collections.min(priorities.values()));
        }
    }

    @Nested
    class MaxHeap extends SelectorContract {
        @Override
        Selector empty() {
            return Selection.MAX_HEAP.selector(1);
        }

        @Override
        Map<Integer, Double> expected(TreeMap<Integer, Double> priorities) {
            return firstOf(priorities, Collections.max(priorities.values()));
        }
    }

    @Test
    void prioritiesOfZeroAreOnlyPickedWhereThereIsNoOther() {
        Selector selector = Selection.PRIORITIZED.selector(1);
        selector.insert(0, 0);
        selector.insert(1, 0);
        assertThat(selector.probability(0)).isEqualTo(0.5);
        selector.insert(2, 0.001);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1_000; i++) {
            assertThat(selector.select(random)).isEqualTo(2);
        }
    }

    @Test
    void sumsStayExactOverManyUpdates() {
        SumTree tree = new SumTree();
        SplittableRandom random = new SplittableRandom(5);
        long[] plain = new long[1_000];
        for (int i = 0; i < 100_000; i++) {
            int slot = random.nextInt(plain.length);
            plain[slot] = random.nextLong(1L << 40);
            tree.set(slot, plain[slot]);
        }
        long sum = 0;
        for (int slot = 0; slot < plain.length; slot++) {
            if (plain[slot] > 0) {
                assertThat(tree.find(sum)).isEqualTo(slot);
                assertThat(tree.find(sum + plain[slot] - 1)).isEqualTo(slot);
                assertThat(tree.before(slot)).isEqualTo(sum);
            }
            sum += plain[slot];
        }
        assertThat(tree.total()).isEqualTo(sum);
    }

    @Test
    void uniformPicksTheSlotBeforeWhichAsManyOthersAreAsARandomNumberSays() {
        Selector selector = Selection.UNIFORM.selector(1);
        TreeSet<Integer> slots = new TreeSet<>();
        SplittableRandom changes = new SplittableRandom(6);
        for (int i = 0; i < 3_000; i++) {
            int slot = changes.nextInt(4_000);
            if (slots.add(slot)) {
                selector.insert(slot, 1);
            } else {
                slots.remove(slot);
                selector.remove(slot);
            }
        }
        List<Integer> inOrder = List.copyOf(slots);
        for (long seed = 0; seed < 2_000; seed++) {
            long before = new SplitMix64(seed).nextLong(inOrder.size());
            assertThat(selector.select(new SplitMix64(seed))).isEqualTo(inOrder.get((int) before));
        }
        assertThat(selector.probability(inOrder.get(0))).isEqualTo(1.0 / inOrder.size());
    }

    private static Map<Integer, Double> uniform(TreeMap<Integer, Double> priorities) {
        return priorities.keySet().stream()
                .collect(toMap(slot -> slot, slot -> 1.0 / priorities.size()));
    }

    private static Map<Integer, Double> powers(
            TreeMap<Integer, Double> priorities, double exponent) {
        double sum =
                priorities.values().stream()
                        .mapToDouble(priority -> priority == 0 ? 0 : Math.pow(priority, exponent))
                        .sum();
        if (sum == 0) {
            return uniform(priorities);
        }
        return priorities.entrySet().stream()
                .collect(
                        toMap(
                                Map.Entry::getKey,
                                e ->
                                        e.getValue() == 0
                                                ? 0
                                                : Math.pow(e.getValue(), exponent) / sum));
    }

    private static Map<Integer, Double> firstOf(
            TreeMap<Integer, Double> priorities, double priority) {
        int first =
                priorities.entrySet().stream()
                        .filter(e -> e.getValue() == priority)
                        .findFirst()
                        .orElseThrow()
                        .getKey();
        return Map.of(first, 1.0);
    }
}
