package io.prefstream.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.replay.Buffers.HandClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A table whose oldest item leaves for each new one, and what is left of those on the disk. */
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
                try (ReplayUpdate update = buffer.begin()) {
                    for (int i = from; i < from + 40; i++) {
                        byte[] value = new byte[VALUE_BYTES];
                        random.nextBytes(value);
                        update.insert("k" + i, value);
                    }
                    update.commit();
                }
            }
            // Files that were just flushed stay until they are moved.
            while (!buffer.settled()) {
                Thread.onSpinWait();
            }
            try (ReplayUpdate update = buffer.begin()) {
                update.commitDurably();
            }
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

    @Test
    void entriesOfItemsThatLeftAreDeletedTogether() {
        int items = 40_000;
        ReplaySettings settings = ReplaySettings.uniform(100);
        try (ReplayBuffer buffer = open(settings)) {
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
            assertThat(store.forEachItem(0, 0, Long.MAX_VALUE, (sequence, item) -> {}))
                    .isBetween(100L, 18_000L);
        }
        try (ReplayBuffer buffer = open(settings)) {
            TreeSet<String> held = new TreeSet<>();
            buffer.forEach(Long.MAX_VALUE, (key, value) -> held.add(key));
            assertThat(held).hasSize(100).contains("k39900", "k39999");
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
