package io.prefstream.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.prefstream.topics.testing.HandClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is left on the disk of items that left. */
@Timeout(300)
class DeadValuesTest {

    private static final int VALUE_BYTES = 64 << 10;

    @TempDir Path folder;

    @Test
    void valuesOfItemsThatLeftLeaveTheDisk() throws Exception {
        int items = 6_000;
        int capacity = 200;
        Random random = new Random(3);
        ReplaySettings settings = ReplaySettings.uniform(capacity);
        try (ReplayBuffer buffer = open(settings)) {
            for (int from = 0; from < items; from += 40) {
                insert(buffer, from, from + 40, random, VALUE_BYTES);
            }
            settleDurably(buffer);
            assertThat((long) items * VALUE_BYTES).isGreaterThan(370 << 20);
            assertThat(tableBytes()).isLessThan(180 << 20);
        }
        try (ReplayBuffer buffer = open(settings)) {
            TreeMap<String, Integer> held = new TreeMap<>();
            buffer.forEach(Long.MAX_VALUE, (key, value) -> held.put(key, value.length));
            assertThat(held)
                    .hasSize(capacity)
                    .containsEntry("k" + (items - capacity), VALUE_BYTES)
                    .containsEntry("k" + (items - 1), VALUE_BYTES);
            assertThat(buffer.peek(1_000, new SplitMix64(1))).hasSize(1_000);
        }
    }

    /** As a trainer has it: what leaves the first table goes on, and any of the second leaves. */
    @Test
    void noMoreThanTwoValuesAreDeadForOneThatLivesWhereAnyItemLeaves() throws Exception {
        int fresh = 80;
        int capacity = 400;
        Random random = new Random(3);
        try (ReplayBuffer buffer = open(withHistory(fresh, capacity - fresh))) {
            for (int from = 0; from < 6_000; from += 40) {
                insert(buffer, from, from + 40, random, VALUE_BYTES);
            }
            settleDurably(buffer);
            assertThat(buffer.stats().size()).isEqualTo(capacity);
        }
        // The files in which the first value and the last one lie, and what was just flushed.
        assertThat(tableBytes()).isLessThan(3L * capacity * VALUE_BYTES + (100 << 20));
        try (Store store = Store.open(folder.resolve("buffer"))) {
            Numbers numbers = Numbers.of(store);
            assertThat(numbers.end() - numbers.first()).isBetween(1_000L, 3L * capacity);
            // Some were moved, at most one for fifteen that came in.
            assertThat(numbers.end()).isBetween(6_001L, 6_000L + 6_000 / 15);
        }
    }

    @Test
    void whatIsLeftOverOfWhereaboutsIsDeletedTogether() {
        int items = 60_000;
        int capacity = 200;
        try (ReplayBuffer buffer = open(withHistory(capacity / 2, capacity / 2))) {
            for (int from = 0; from < items; from += 1_000) {
                try (ReplayUpdate update = buffer.begin()) {
                    for (int i = from; i < from + 1_000; i++) {
                        update.insert(Buffers.item("k" + i));
                    }
                    update.commit();
                }
            }
        }
        try (Store store = Store.open(folder.resolve("buffer"))) {
            List<Integer> left = new ArrayList<>();
            store.forEach(
                    TableLayout.HANDED_ON,
                    (key, triples) -> left.add(triples.length / (3 * Long.BYTES)));
            assertThat(left.stream().mapToInt(Integer::intValue).sum())
                    .isBetween(capacity / 2, 18_000);
        }
    }

    @Test
    void whatIsReplacedOrRemovedLeavesTheDiskWithoutItsFiles() {
        try (ReplayBuffer buffer = open(ReplaySettings.uniform(1_000))) {
            insert(buffer, 0, 200, new Random(4), 100);
            try (ReplayUpdate update = buffer.begin()) {
                assertThat(update.replace(Buffers.item("k7"))).isTrue();
                update.commit();
            }
            assertThat(buffer.peek(2_000, new SplitMix64(1)))
                    .anySatisfy(
                            sample -> assertThat(sample.value()).isEqualTo("k7".getBytes(UTF_8)));
            try (ReplayUpdate update = buffer.begin()) {
                assertThat(update.removeRepository("r").total()).isEqualTo(200);
                update.commit();
            }
        }
        try (Store store = Store.open(folder.resolve("buffer"))) {
            for (long number = 0; number <= 200; number++) {
                long removed = number;
                assertThatThrownBy(() -> store.value(removed))
                        .hasMessageContaining("no value " + removed);
            }
            store.items().forEach(0, (item, number) -> fail("item %d is there: %s", number, item));
        }
    }

    @Test
    void openedAgainItHoldsWhatItHeldWhoeverLeftFirst() {
        ReplaySettings settings =
                ReplaySettings.of(
                        TableSettings.table("t", 50).sampler(Selection.PRIORITIZED).build());
        try (ReplayBuffer whole =
                Buffers.open(folder.resolve("whole"), settings, new HandClock())) {
            for (long from = 0; from < 300; from += 30) {
                try (ReplayBuffer part = open(settings)) {
                    assertThat(portrait(part)).isEqualTo(portrait(whole));
                    for (long number = from; number < from + 30; number++) {
                        change(whole, number, true);
                        change(part, number + 1_000, false);
                        change(part, number, true);
                    }
                    assertThat(portrait(part)).isEqualTo(portrait(whole));
                }
            }
            assertThat(whole.stats().evicted()).isPositive();
            assertThat(whole.stats().removed()).isPositive();
        }
    }

    private static ReplaySettings withHistory(int fresh, int history) {
        return ReplaySettings.freshAndHistory(
                TableSettings.table(ReplaySettings.FRESH, fresh).build(),
                TableSettings.table(ReplaySettings.HISTORY, history)
                        .remover(Selection.UNIFORM)
                        .build(),
                ReplaySettings.HISTORY_FRACTION);
    }

    private static void insert(ReplayBuffer buffer, int from, int to, Random random, int bytes) {
        try (ReplayUpdate update = buffer.begin()) {
            for (int i = from; i < to; i++) {
                byte[] value = new byte[bytes];
                random.nextBytes(value);
                update.insert(
                        new ReplayItem(
                                "k" + i, value, 1, new ItemTraits("r", "java", "mutation", 1)));
            }
            update.commit();
        }
    }

    private static void settleDurably(ReplayBuffer buffer) {
        // Files that were just flushed stay until they are moved.
        while (!buffer.settled()) {
            Thread.onSpinWait();
        }
        try (ReplayUpdate update = buffer.begin()) {
            update.commitDurably();
        }
    }

    /** The numbers of values: the first one that is needed, and the next that will be given. */
    private record Numbers(long first, long end) {
        static Numbers of(Store store) {
            ByteBuffer counters = ByteBuffer.wrap(store.must(TableLayout.COUNTERS, "counters"));
            return new Numbers(
                    counters.getLong(counters.capacity() - Long.BYTES),
                    counters.getLong(Long.BYTES));
        }
    }

    private ReplayBuffer open(ReplaySettings settings) {
        return Buffers.open(folder.resolve("buffer"), settings, new HandClock());
    }

    private static void change(ReplayBuffer buffer, long number, boolean committed) {
        SplitMix64 random = new SplitMix64(number);
        try (ReplayUpdate update = buffer.begin()) {
            for (int i = 0; i < 4; i++) {
                String key = "k" + random.nextInt(200);
                update.insert(Buffers.item(key, "r" + random.nextInt(30), "java", "mutation"));
            }
            for (Sample sample : update.sample(3, random)) {
                update.prioritize(sample.key(), random.nextDouble());
            }
            update.remove("k" + random.nextInt(200));
            update.removeRepository("r" + random.nextInt(30));
            if (committed) {
                update.commit();
            }
        }
    }

    private static List<String> portrait(ReplayBuffer buffer) {
        Stream.Builder<String> portrait = Stream.builder();
        portrait.add(buffer.stats() + " " + buffer.repositories());
        buffer.forEach(
                Long.MAX_VALUE, (key, value) -> portrait.add(key + "=" + new String(value, UTF_8)));
        if (buffer.stats().size() > 0) {
            buffer.peek(40, new SplitMix64(9))
                    .forEach(sample -> portrait.add(sample.key() + sample.probability()));
        }
        return portrait.build().toList();
    }

    private long tableBytes() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("buffer"))) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
