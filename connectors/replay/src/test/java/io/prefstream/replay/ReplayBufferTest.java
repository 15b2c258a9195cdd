package io.prefstream.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.replay.ReplayUpdate.Insertion;
import io.prefstream.schemas.PreferencePair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayBufferTest {

    @TempDir Path folder;

    @Test
    void insertsOnceAndCountsTheRestAsDuplicates() {
        try (ReplayBuffer table = ReplayBuffer.open(folder, ReplaySettings.uniform(10))) {
            try (ReplayUpdate update = table.begin()) {
                assertThat(update.insert("a", bytes("1"))).isEqualTo(Insertion.INSERTED);
                assertThat(update.insert("a", bytes("2"))).isEqualTo(Insertion.DUPLICATE);
                update.commit();
            }
            try (ReplayUpdate update = table.begin()) {
                assertThat(update.insert("a", bytes("3"))).isEqualTo(Insertion.DUPLICATE);
                update.commit();
            }
            assertThat(table.stats()).isEqualTo(new ReplayStats(1, 1, 2, 0, 0, 0, 0, 0, 0));
            assertThat(values(table)).containsExactly("1");
        }
    }

    @Test
    void aReplacedValueKeepsItsPlaceItsAgeAndItsUses() {
        ReplaySettings threeUses =
                ReplaySettings.of(
                        TableSettings.table("pairs", 9)
                                .sampler(Selection.FIFO)
                                .maxTimesSampled(3)
                                .build());
        try (ReplayBuffer table = ReplayBuffer.open(folder, threeUses);
                ReplayUpdate update = table.begin()) {
            update.insert("a", bytes("1"));
            update.insert("b", bytes("1"));
            update.sample(1, new SplitMix64(1));

            assertThat(update.replace(ReplayItem.of("a", bytes("2")))).isTrue();
            assertThat(update.replace(ReplayItem.of("c", bytes("2")))).isFalse();

            Sample second = update.sample(1, new SplitMix64(1)).get(0);
            assertThat(second.key()).isEqualTo("a");
            assertThat(second.value()).isEqualTo(bytes("2"));
            assertThat(second.timesSampled()).isEqualTo(2);
            assertThat(update.stats().inserted()).isEqualTo(2);
        }
    }

    @Test
    void aReplacedItemIsHeldBackByTheConfidenceThatItHasNow() {
        ReplaySettings gated =
                ReplaySettings.of(
                        TableSettings.table("pairs", 9)
                                .sampler(Selection.MAX_HEAP)
                                .gate(new ConfidenceGate(0.7, 0.05))
                                .build());
        try (ReplayBuffer table = ReplayBuffer.open(folder, gated)) {
            try (ReplayUpdate update = table.begin()) {
                update.insert(sure("a", 5, 0.9));
                update.insert(sure("b", 3, 0.9));
                update.commit();
            }
            try (ReplayUpdate update = table.begin()) {
                update.replace(sure("a", 1, 0.2));
                assertThat(update.sample(1, new SplitMix64(1)).get(0).key()).isEqualTo("b");
                // Found in the store and among the changes, it leaves once.
                assertThat(update.removeRepository("r").total()).isEqualTo(2);
            }
            try (ReplayUpdate update = table.begin()) {
                assertThat(update.sample(1, new SplitMix64(1)).get(0).key()).isEqualTo("a");
                update.replace(sure("a", 1, 0.2));
                update.commit();
            }
        }
        try (ReplayBuffer table = ReplayBuffer.open(folder, gated)) {
            assertThat(Buffers.keys(table.peek(1, new SplitMix64(1)))).containsExactly("b");
            try (ReplayUpdate update = table.begin()) {
                update.replace(sure("a", 1, 0.9));
                update.commit();
            }
            // Its priority, 5, was kept while the gate held it back.
            assertThat(Buffers.keys(table.peek(1, new SplitMix64(1)))).containsExactly("a");
        }
    }

    private static ReplayItem sure(String key, double priority, double confidence) {
        return new ReplayItem(key, bytes(key), priority, new ItemTraits("r", "", "", confidence));
    }

    @Test
    void aSnapshotHoldsWhatWasCommittedAlsoWhileOthersWriteAndFilesChange() throws Exception {
        ReplaySettings settings = ReplaySettings.uniform(100_000);
        byte[] large = new byte[20_000];
        try (ReplayBuffer table = ReplayBuffer.open(folder.resolve("live"), settings)) {
            AtomicBoolean done = new AtomicBoolean();
            Thread writer =
                    new Thread(
                            () -> {
                                for (int i = 0; i < 6_000 && !done.get(); i++) {
                                    try (ReplayUpdate update = table.begin()) {
                                        update.insert(ReplayItem.of("key " + i, large));
                                        update.note("last", bytes("key " + i));
                                        update.commit();
                                    }
                                }
                            });
            insert(table, "first");
            writer.start();
            try {
                for (int i = 0; i < 8; i++) {
                    long before = table.stats().inserted();
                    // Some write buffers long, so that logs and tables come and go meanwhile.
                    while (i > 0 && table.stats().inserted() < 600L * i) {
                        Thread.onSpinWait();
                    }
                    Path snapshot = folder.resolve("snapshot " + i);
                    table.checkpoint(snapshot);
                    try (ReplayBuffer copy =
                            ReplayBuffer.openCheckpoint(
                                    snapshot, folder.resolve("copy " + i), settings)) {
                        ReplayStats stats = copy.stats();
                        assertThat(stats.inserted()).isGreaterThanOrEqualTo(before);
                        AtomicLong items = new AtomicLong();
                        copy.forEach(Long.MAX_VALUE, (key, value) -> items.incrementAndGet());
                        assertThat(items.get()).isEqualTo(stats.size()).isEqualTo(stats.inserted());
                        if (stats.inserted() > 1) {
                            assertThat(
                                            copy.contains(
                                                    new String(
                                                            copy.note("last").orElseThrow(),
                                                            UTF_8)))
                                    .isTrue();
                        }
                    }
                }
            } finally {
                done.set(true);
                writer.join();
            }
        }
    }

    @Test
    void drawsUniformlyAndSaysWithWhichProbability() {
        try (ReplayBuffer table = ReplayBuffer.open(folder, ReplaySettings.uniform(10))) {
            insert(table, "a", "b", "c", "d");
            Map<String, Integer> drawn = new HashMap<>();
            try (ReplayUpdate update = table.begin()) {
                for (Sample sample : update.sample(4_000, new SplitMix64(7))) {
                    drawn.merge(sample.key(), 1, Integer::sum);
                    assertThat(sample.probability()).isEqualTo(0.25);
                    assertThat(sample.timesSampled()).isEqualTo((long) drawn.get(sample.key()));
                    assertThat(sample.tableSize()).isEqualTo(4);
                }
                update.commit();
            }
            // Four standard deviations of a binomial(4000, 1/4) are 110.
            assertThat(drawn).hasSize(4);
            assertThat(drawn.values())
                    .allSatisfy(count -> assertThat(count).isCloseTo(1_000, within(110)));
            assertThat(table.stats().sampled()).isEqualTo(4_000);
        }
    }

    @Test
    void sameSeedDrawsTheSameItems() {
        try (ReplayBuffer table = ReplayBuffer.open(folder, ReplaySettings.uniform(10))) {
            insert(table, "a", "b", "c", "d", "e");
            assertThat(keys(table.peek(20, new SplitMix64(3))))
                    .isEqualTo(keys(table.peek(20, new SplitMix64(3))))
                    .isNotEqualTo(keys(table.peek(20, new SplitMix64(4))));
        }
    }

    @Test
    void peekingLeavesNoTrace() {
        try (ReplayBuffer table = ReplayBuffer.open(folder, ReplaySettings.uniform(10))) {
            insert(table, "a", "b");
            ReplayStats before = table.stats();
            table.peek(5, new SplitMix64(1));
            assertThat(table.stats()).isEqualTo(before);
            assertThat(table.peek(1, new SplitMix64(1)).get(0).timesSampled()).isEqualTo(1);
        }
    }

    @Test
    void aQueueGivesEachItemOnceInOrder() {
        try (ReplayBuffer table = ReplayBuffer.open(folder, ReplaySettings.queue(10))) {
            insert(table, "c", "a", "b");
            try (ReplayUpdate update = table.begin()) {
                assertThat(keys(update.sample(2, new SplitMix64(1)))).containsExactly("c", "a");
                update.commit();
            }
            try (ReplayUpdate update = table.begin()) {
                assertThat(keys(update.sample(1, new SplitMix64(1)))).containsExactly("b");
                assertThatThrownBy(() -> update.sample(1, new SplitMix64(1)))
                        .isInstanceOf(IllegalStateException.class);
            }
            assertThat(table.stats()).isEqualTo(new ReplayStats(1, 3, 0, 2, 0, 0, 2, 0, 0));
        }
    }

    @Test
    void atCapacityTheOldestLeaves() {
        try (ReplayBuffer table = ReplayBuffer.open(folder, ReplaySettings.uniform(3))) {
            insert(table, "a", "b", "c", "d", "e");
            assertThat(values(table)).containsExactly("c", "d", "e");
            assertThat(table.stats()).isEqualTo(new ReplayStats(3, 5, 0, 0, 0, 2, 0, 0, 0));
        }
    }

    @Test
    void staysDenseThroughRandomChanges() {
        SplitMix64 random = new SplitMix64(11);
        Set<String> model = new HashSet<>();
        try (ReplayBuffer table = ReplayBuffer.open(folder, ReplaySettings.uniform(1_000))) {
            for (int round = 0; round < 50; round++) {
                try (ReplayUpdate update = table.begin()) {
                    for (int i = 0; i < 20; i++) {
                        String key = "k" + random.nextInt(60);
                        if (random.nextBoolean()) {
                            boolean isNew = update.insert(key, bytes(key)) == Insertion.INSERTED;
                            assertThat(isNew).isEqualTo(model.add(key));
                        } else {
                            assertThat(update.remove(key).total() == 1)
                                    .isEqualTo(model.remove(key));
                        }
                    }
                    update.commit();
                }
                assertThat(new HashSet<>(values(table))).isEqualTo(model);
            }
            ReplayStats stats = table.stats();
            assertThat(stats.size()).isEqualTo(model.size());
            assertThat(stats.inserted()).isEqualTo(stats.size() + stats.removed());
            // Every item can still be drawn: no slot was lost.
            assertThat(new HashSet<>(keys(table.peek(2_000, random)))).isEqualTo(model);
        }
    }

    @Test
    void anUpdateThatIsNotCommittedChangesNothing() {
        try (ReplayBuffer table = ReplayBuffer.open(folder, ReplaySettings.uniform(10))) {
            insert(table, "a");
            try (ReplayUpdate update = table.begin()) {
                update.insert("b", bytes("b"));
                update.remove("a");
                update.sample(1, new SplitMix64(1));
                update.note("position", bytes("7"));
            }
            assertThat(table.stats()).isEqualTo(new ReplayStats(1, 1, 0, 0, 0, 0, 0, 0, 0));
            assertThat(values(table)).containsExactly("a");
            assertThat(table.note("position")).isEmpty();
        }
    }

    @Test
    void survivesAProcessThatNeverClosed() throws IOException {
        Path crashed = folder.resolve("crashed");
        Path found = folder.resolve("found");
        try (ReplayBuffer table = ReplayBuffer.open(crashed, ReplaySettings.uniform(10))) {
            insert(table, "a", "b", "c");
            try (ReplayUpdate update = table.begin()) {
                update.sample(5, new SplitMix64(1));
                update.note("position", bytes("42"));
                update.commit();
            }
            ReplayUpdate lost = table.begin();
            lost.insert("d", bytes("d"));
            // What a killed process leaves behind: the files as they are now, nothing flushed.
            copy(crashed, found);
            lost.close();
        }
        try (ReplayBuffer table = ReplayBuffer.open(found, ReplaySettings.uniform(10))) {
            assertThat(table.stats()).isEqualTo(new ReplayStats(3, 3, 0, 5, 0, 0, 0, 0, 0));
            assertThat(values(table)).containsExactly("a", "b", "c");
            assertThat(table.note("position")).hasValue(bytes("42"));
        }
    }

    @Test
    void aCheckpointIsACopyThatLaterChangesDoNotReach() {
        Path checkpoint = folder.resolve("checkpoint");
        ReplaySettings settings = ReplaySettings.uniform(10);
        try (ReplayBuffer table = ReplayBuffer.open(folder.resolve("live"), settings)) {
            insert(table, "a", "b");
            table.checkpoint(checkpoint);
            insert(table, "c");
        }
        for (String copy : List.of("first", "second")) {
            try (ReplayBuffer restored =
                    ReplayBuffer.openCheckpoint(checkpoint, folder.resolve(copy), settings)) {
                assertThat(values(restored)).containsExactly("a", "b");
                insert(restored, "x");
            }
        }
    }

    @Test
    void restoringOverATableIsRefused() {
        ReplaySettings settings = ReplaySettings.uniform(10);
        Path checkpoint = folder.resolve("checkpoint");
        Path live = folder.resolve("live");
        try (ReplayBuffer table = ReplayBuffer.open(live, settings)) {
            table.checkpoint(checkpoint);
        }
        assertThatThrownBy(() -> ReplayBuffer.openCheckpoint(checkpoint, live, settings))
                .isInstanceOf(ReplayException.class)
                .hasMessageContaining("isn't empty");
    }

    @Test
    void pairsComeBackAsTheyWere() {
        try (ReplayBuffer table = ReplayBuffer.open(folder, ReplaySettings.uniform(10))) {
            PreferencePair pair = Pairs.pair("p1");
            byte[] bytes = new PairCodec(table).encode(pair);
            assertThat(new PairCodec(table).decode(bytes)).isEqualTo(pair);
        }
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertThatThrownBy(() -> ReplaySettings.uniform(0))
                .hasMessageContaining("replay.capacity=0 must be at least 1");
        assertThatThrownBy(() -> TableSettings.table("t", 5).sampler(Selection.FIFO).build())
                .hasMessageContaining("max-times-sampled");
    }

    private static void insert(ReplayBuffer table, String... keys) {
        try (ReplayUpdate update = table.begin()) {
            for (String key : keys) {
                update.insert(key, bytes(key));
            }
            update.commit();
        }
    }

    private static List<String> values(ReplayBuffer table) {
        List<String> values = new ArrayList<>();
        table.forEach(Long.MAX_VALUE, (key, value) -> values.add(new String(value, UTF_8)));
        return values;
    }

    private static List<String> keys(List<Sample> samples) {
        return samples.stream().map(Sample::key).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
