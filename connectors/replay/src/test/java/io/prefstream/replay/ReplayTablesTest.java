package io.prefstream.replay;

import static io.prefstream.replay.Buffers.insert;
import static io.prefstream.replay.Buffers.item;
import static io.prefstream.replay.Buffers.keys;
import static io.prefstream.replay.Buffers.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.replay.ReplayUpdate.Insertion;
import io.prefstream.topics.testing.HandClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tables hand out, keep and pass on, by their settings. */
class ReplayTablesTest {

    private final HandClock clock = new HandClock();

    @TempDir Path folder;

    @Test
    void aStackGivesTheNewestOnce() {
        try (ReplayBuffer buffer = open(TableSettings.stack("s", 10, 1))) {
            insert(buffer, "a", "b", "c");
            assertThat(keys(sample(buffer, 2, 1))).containsExactly("c", "b");
            insert(buffer, "d");
            assertThat(keys(sample(buffer, 2, 1))).containsExactly("d", "a");
            assertThat(buffer.stats().usedUp()).isEqualTo(4);
        }
    }

    @Test
    void removersDecideWhoLeavesAtCapacity() {
        Map<Selection, List<String>> expected =
                Map.of(
                        Selection.FIFO, List.of("b", "c", "d"),
                        Selection.LIFO, List.of("a", "b", "d"),
                        Selection.MIN_HEAP, List.of("a", "c", "d"),
                        Selection.MAX_HEAP, List.of("b", "c", "d"));
        expected.forEach(
                (remover, left) -> {
                    TableSettings.Builder table = TableSettings.table("t", 3).remover(remover);
                    try (ReplayBuffer buffer = open(remover.name(), table)) {
                        change(
                                buffer,
                                update -> {
                                    update.insert(item("a", 3));
                                    update.insert(item("b", 1));
                                    update.insert(item("c", 2));
                                    update.insert(item("d", 2));
                                });
                        assertThat(held(buffer)).isEqualTo(left);
                    }
                });
    }

    @Test
    void aUniformRemoverKeepsOldAndNewAlike() {
        TableSettings.Builder table = TableSettings.table("t", 100).remover(Selection.UNIFORM);
        try (ReplayBuffer buffer = open(table)) {
            change(buffer, update -> numbered(update, 0, 300));
            long old = held(buffer).stream().filter(key -> key.compareTo("k0100") < 0).count();
            // Each of the first 100 survives 200 evictions with (99/100)^200 = 0.134.
            assertThat(old).isBetween(4L, 27L);
            assertThat(buffer.stats().evicted()).isEqualTo(200);
        }
    }

    @Test
    void prioritiesChangeWhatIsDrawnAndOutliveTheProcess() {
        TableSettings.Builder table =
                TableSettings.table("t", 100).sampler(Selection.PRIORITIZED).priorityExponent(0.5);
        try (ReplayBuffer buffer = open(table)) {
            insert(buffer, "a", "b", "c");
            change(
                    buffer,
                    update -> {
                        assertThat(update.prioritize("a", 4)).isTrue();
                        assertThat(update.prioritize("nobody", 4)).isFalse();
                    });
        }
        try (ReplayBuffer buffer = open(table)) {
            // Powers 2, 1 and 1.
            for (Sample sample : buffer.peek(50, new SplitMix64(1))) {
                assertThat(sample.probability()).isEqualTo(sample.key().equals("a") ? 0.5 : 0.25);
            }
        }
    }

    @Test
    void badPrioritiesAreRefusedAndChangeNothing() {
        try (ReplayBuffer buffer =
                open(TableSettings.table("t", 9).sampler(Selection.PRIORITIZED))) {
            insert(buffer, "a");
            for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
                try (ReplayUpdate update = buffer.begin()) {
                    assertThatThrownBy(() -> update.prioritize("a", bad))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("priority of " + bad);
                    assertThatThrownBy(() -> update.insert(item("b", bad)))
                            .isInstanceOf(IllegalArgumentException.class);
                    assertThat(update.stats().size()).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void importanceWeightsAreThoseOfPrioritizedReplay() {
        ReplaySettings settings =
                ReplaySettings.of(
                                TableSettings.table("t", 9).sampler(Selection.PRIORITIZED).build())
                        .withImportanceExponent(0.5);
        try (ReplayBuffer buffer = Buffers.open(folder, settings, clock)) {
            change(
                    buffer,
                    update -> {
                        update.insert(item("a", 1));
                        update.insert(item("b", 4));
                    });
            Map<String, Double> weights = new HashMap<>();
            buffer.peek(50, new SplitMix64(1)).forEach(s -> weights.put(s.key(), s.weight()));
            // (2 · 0.2)^−½ and (2 · 0.8)^−½, over the larger: 1 and √(0.2/0.8).
            assertThat(weights.get("a")).isEqualTo(1);
            assertThat(weights.get("b")).isCloseTo(0.5, within(1e-12));
        }
    }

    @Test
    void aDrawWithAnOpenEndKeepsTheSharesAndEndsWithEnoughOrWithTheTables() {
        ReplaySettings settings =
                ReplaySettings.freshAndHistory(
                        TableSettings.table("new", 4).maxTimesSampled(60).build(),
                        TableSettings.table("old", 4).build(),
                        0.25);
        try (ReplayBuffer buffer = Buffers.open(folder, settings, clock)) {
            insert(buffer, "a", "b", "c", "d", "e", "f");
            TreeMap<String, Double> half = new TreeMap<>(Map.of("new", 0.5, "old", 0.5));
            for (int enough : new int[] {1, 7, 40}) {
                List<byte[]> seen = new ArrayList<>();
                List<Sample> samples = new ArrayList<>();
                change(
                        buffer,
                        update ->
                                samples.addAll(
                                        update.sampleUntil(
                                                half,
                                                bytes -> {
                                                    seen.add(bytes);
                                                    return seen.size() == enough;
                                                },
                                                new SplitMix64(enough))));
                assertThat(samples).hasSize(enough);
                assertThat(samples.get(enough - 1).value()).isEqualTo(seen.get(enough - 1));
                long old = samples.stream().filter(s -> s.table().equals("old")).count();
                assertThat(old).isBetween(enough / 2 - 1L, enough / 2 + 1L);
            }
            TreeMap<String, Double> fresh = new TreeMap<>(Map.of("new", 1.0));
            change(
                    buffer,
                    update -> {
                        update.remove("a");
                        update.remove("b");
                        long left = 60 * 4 - buffer.stats("new").sampled();
                        assertThat(update.sampleUntil(fresh, bytes -> false, new SplitMix64(1)))
                                .hasSize((int) left);
                    });
        }
    }

    @Test
    void noDoubtfulPairIsEverBeforeAnotherOne() {
        TableSettings.Builder table =
                TableSettings.table("t", 9)
                        .sampler(Selection.MAX_HEAP)
                        .gate(new ConfidenceGate(0.7, 0.05));
        try (ReplayBuffer buffer = open(table)) {
            ItemTraits doubtful = new ItemTraits("", "", "", 0.69);
            change(
                    buffer,
                    update -> {
                        update.insert(new ReplayItem("wrong", new byte[0], 9, doubtful));
                        update.insert(item("learned", 0));
                        update.insert(item("new", 1));
                    });
            assertThat(keys(buffer.peek(1, new SplitMix64(1)))).containsExactly("new");
            change(
                    buffer,
                    update -> {
                        update.prioritize("wrong", 60_000);
                        update.prioritize("new", 0);
                        update.remove("learned");
                    });
            // Both are at 0.05 now, of which the older one is first, and then it isn't.
            assertThat(keys(buffer.peek(1, new SplitMix64(1)))).containsExactly("wrong");
            change(buffer, update -> update.prioritize("new", 0.06));
            assertThat(keys(buffer.peek(1, new SplitMix64(1)))).containsExactly("new");
        }
        assertThatThrownBy(
                        () -> TableSettings.table("t", 9).gate(new ConfidenceGate(0.7, 0)).build())
                .hasMessageContaining("gate.min-confidence of 0.7 needs a sampler or remover");
    }

    @Test
    void whatLeavesFreshIsHistoryAndAQuarterOfADraw() {
        try (ReplayBuffer buffer = freshAndHistory(20, 100)) {
            change(buffer, update -> numbered(update, 0, 60));
            assertThat(buffer.stats("fresh"))
                    .isEqualTo(new ReplayStats(20, 60, 0, 0, 0, 0, 0, 0, 40));
            assertThat(buffer.stats("history"))
                    .isEqualTo(new ReplayStats(40, 40, 0, 0, 0, 0, 0, 0, 0));
            assertThat(buffer.stats()).isEqualTo(new ReplayStats(60, 60, 0, 0, 0, 0, 0, 0, 0));
            List<Sample> samples = sample(buffer, 64, 5);
            assertThat(samples.stream().filter(s -> s.table().equals("history"))).hasSize(16);
            for (Sample sample : samples) {
                boolean old = sample.table().equals("history");
                assertThat(sample.key().compareTo("k0040") < 0).isEqualTo(old);
                assertThat(sample.probability())
                        .isCloseTo(old ? 0.25 / 40 : 0.75 / 20, within(1e-12));
                assertThat(sample.tableSize()).isEqualTo(old ? 40 : 20);
            }
            change(
                    buffer,
                    update ->
                            assertThat(update.insert(item("k0003")))
                                    .isEqualTo(Insertion.DUPLICATE));
            change(buffer, update -> assertThat(update.remove("k0003").total()).isEqualTo(1));
            assertThat(buffer.contains("k0003")).isFalse();
            assertThat(buffer.stats()).isEqualTo(new ReplayStats(59, 60, 1, 64, 1, 0, 0, 0, 0));
            assertThat(held(buffer)).hasSize(59).startsWith("k0000", "k0001", "k0002", "k0004");
        }
    }

    @Test
    void theShareOfAnEmptyHistoryIsFreshs() {
        try (ReplayBuffer buffer = freshAndHistory(20, 100)) {
            insert(buffer, "a", "b");
            for (Sample sample : sample(buffer, 8, 1)) {
                assertThat(sample.probability()).isEqualTo(0.5);
            }
        }
    }

    @Test
    void usesAreCountedAcrossTheMove() {
        TableSettings fresh =
                TableSettings.table("fresh", 9).sampler(Selection.FIFO).maxTimesSampled(2).build();
        TableSettings history = TableSettings.table("history", 9).maxTimesSampled(3).build();
        try (ReplayBuffer buffer =
                Buffers.open(folder, ReplaySettings.freshAndHistory(fresh, history, 0.5), clock)) {
            insert(buffer, "a");
            assertThat(sample(buffer, 2, 1))
                    .extracting(Sample::timesSampled)
                    .containsExactly(1L, 2L);
            assertThat(buffer.stats("history").size()).isEqualTo(1);
            Sample last = sample(buffer, 1, 1).get(0);
            assertThat(last.table()).isEqualTo("history");
            assertThat(last.timesSampled()).isEqualTo(3);
            assertThat(buffer.stats()).isEqualTo(new ReplayStats(0, 1, 0, 3, 0, 0, 1, 0, 0));
        }
    }

    @Test
    void strataGetTheirSharesWhateverTheirSizes() {
        try (ReplayBuffer buffer = open(strata(1_000))) {
            change(
                    buffer,
                    update -> {
                        many(update, "java", 100);
                        many(update, "python", 10);
                        many(update, "rust", 3);
                        many(update, "go", 2);
                    });
            List<Sample> samples = buffer.peek(100, new SplitMix64(4));
            assertThat(byLanguage(samples))
                    .containsAllEntriesOf(Map.of("java", 50L, "python", 30L));
            // Both unnamed ones share what is left: of their five items each is 0.2 / 5 of the
            // draw.
            assertThat(samples.stream().filter(s -> s.key().startsWith("go")))
                    .allSatisfy(s -> assertThat(s.probability()).isCloseTo(0.04, within(1e-12)));
        }
    }

    @Test
    void aMissingStratumsShareIsSpreadOverTheOthers() {
        try (ReplayBuffer buffer = open(strata(1_000))) {
            change(
                    buffer,
                    update -> {
                        many(update, "java", 100);
                        many(update, "rust", 3);
                    });
            // 0.5 to 0.2 are five to two of seven.
            assertThat(byLanguage(buffer.peek(70, new SplitMix64(4))))
                    .isEqualTo(Map.of("java", 50L, "rust", 20L));
        }
    }

    @Test
    void atCapacityTheStratumThatExceedsItsShareMostGivesWay() {
        try (ReplayBuffer buffer = open(strata(10))) {
            change(
                    buffer,
                    update -> {
                        many(update, "python", 3);
                        many(update, "java", 40);
                    });
            assertThat(held(buffer))
                    .containsExactly(
                            "python0", "python1", "python2", "java33", "java34", "java35", "java36",
                            "java37", "java38", "java39");
        }
    }

    @Test
    void strataMayBeOfLanguageAndStrategy() {
        TreeMap<String, Double> shares = new TreeMap<>(Map.of("java/mutation", 0.9));
        Strata strata = new Strata(Strata.By.LANGUAGE_AND_STRATEGY, shares);
        try (ReplayBuffer buffer = open(TableSettings.table("t", 9).strata(strata))) {
            change(
                    buffer,
                    update -> {
                        update.insert(item("a", "r", "java", "mutation"));
                        update.insert(item("b", "r", "java", "model-gap"));
                    });
            assertThat(buffer.peek(10, new SplitMix64(1)))
                    .filteredOn(s -> s.key().equals("a"))
                    .hasSize(9)
                    .allSatisfy(s -> assertThat(s.probability()).isCloseTo(0.9, within(1e-12)));
        }
    }

    @Test
    void whatIsTooOldInVersionsIsDropped() {
        Staleness limit = new Staleness(2L, null, Staleness.Policy.DROP);
        try (ReplayBuffer buffer = open(TableSettings.table("t", 9).staleness(limit))) {
            insert(buffer, "a");
            change(buffer, update -> update.modelVersion(2));
            insert(buffer, "b");
            assertThat(sample(buffer, 20, 1))
                    .filteredOn(s -> s.key().equals("a"))
                    .isNotEmpty()
                    .allSatisfy(s -> assertThat(s.staleVersions()).isEqualTo(2));
            change(buffer, update -> update.modelVersion(3));
            assertThat(keys(sample(buffer, 5, 1))).containsOnly("b");
            assertThat(buffer.stats().stale()).isEqualTo(1);
            assertThat(buffer.contains("a")).isFalse();
        }
    }

    @Test
    void whatIsTooOldInTimeIsDroppedOrGoesOnToHistory() {
        Staleness limit = new Staleness(null, Duration.ofHours(1), Staleness.Policy.DROP);
        TableSettings fresh = TableSettings.table("fresh", 9).staleness(limit).build();
        TableSettings history = TableSettings.table("history", 9).build();
        try (ReplayBuffer buffer =
                Buffers.open(folder, ReplaySettings.freshAndHistory(fresh, history, 0.25), clock)) {
            insert(buffer, "a");
            clock.forward(Duration.ofHours(1));
            assertThat(sample(buffer, 1, 1).get(0).age()).isEqualTo(Duration.ofHours(1));
            clock.forward(Duration.ofMillis(1));
            Sample sample = sample(buffer, 1, 1).get(0);
            assertThat(sample.table()).isEqualTo("history");
            assertThat(sample.age()).isEqualTo(Duration.ofHours(1).plusMillis(1));
            assertThat(buffer.stats("fresh").moved()).isEqualTo(1);
            assertThat(buffer.stats().stale()).isZero();
        }
    }

    @Test
    void aDrawThatFindsOnlyStaleItemsSaysThatThereAreNone() {
        Staleness limit = new Staleness(0L, null, Staleness.Policy.DROP);
        try (ReplayBuffer buffer = open(TableSettings.table("t", 9).staleness(limit))) {
            insert(buffer, "a");
            change(buffer, update -> update.modelVersion(1));
            try (ReplayUpdate update = buffer.begin()) {
                assertThatThrownBy(() -> update.sample(4, new SplitMix64(1)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("4 samples asked of a replay table that held 0 items");
            }
            assertThat(buffer.stats().size()).isEqualTo(1);
        }
    }

    @Test
    void aKeyWhoseItemIsTooOldIsNoDuplicate() {
        Staleness limit = new Staleness(null, Duration.ofHours(1), Staleness.Policy.DROP);
        try (ReplayBuffer buffer = open(TableSettings.table("t", 9).staleness(limit))) {
            insert(buffer, "a");
            clock.forward(Duration.ofHours(1).plusMillis(1));
            insert(buffer, "a");
            assertThat(held(buffer)).containsExactly("a");
            assertThat(buffer.stats().stale()).isEqualTo(1);
            assertThat(buffer.stats().duplicates()).isZero();
            assertThat(keys(sample(buffer, 1, 1))).containsExactly("a");
        }
    }

    @Test
    void aKeyThatIsFreshIsADuplicateInHistoryToo() {
        try (ReplayBuffer buffer = freshAndHistory(3, 10)) {
            insert(buffer, "a");
            change(
                    buffer,
                    update ->
                            assertThat(update.insert("history", Buffers.item("a")))
                                    .isEqualTo(ReplayUpdate.Insertion.DUPLICATE));
            assertThat(held(buffer)).containsExactly("a");
        }
    }

    /** By hand: of 5 items 2 have gone on. */
    @Test
    void whatALimiterGoesByIsOfTheTablesThatAreDrawnFrom() {
        try (ReplayBuffer buffer = freshAndHistory(3, 10)) {
            insert(buffer, "a", "b", "c", "d", "e");
            try (ReplayUpdate update = buffer.begin()) {
                TreeMap<String, Double> mix = new TreeMap<>(Map.of("fresh", 1.0, "history", 0.0));
                assertThat(update.limited(mix).size()).isEqualTo(3);
                assertThat(update.limited(mix).inserted()).isEqualTo(5);
                mix.put("history", 0.25);
                assertThat(update.limited(mix).size()).isEqualTo(5);
                assertThat(update.limited(mix).inserted()).isEqualTo(5);
            }
        }
    }

    @Test
    void aStaleUndrawnItemSlowsTheProducerUntilItIsDrawn() {
        RateLimiter limiter = RateLimiter.minSizeOnly(1);
        try (ReplayBuffer buffer = slowsProducer(1L, null, 1)) {
            SortedMap<String, Double> mix = buffer.settings().mix();
            insert(buffer, "a", "b");
            change(
                    buffer,
                    update -> {
                        update.modelVersion(2);
                        assertThat(update.insertionsAllowed(limiter, mix, 5)).isZero();
                        // Where samples wait for insertions it would be for ever.
                        assertThat(update.insertionsAllowed(RateLimiter.minSizeOnly(3), mix, 5))
                                .isEqualTo(5);
                        assertThat(keys(update.sample(2, new SplitMix64(1))))
                                .containsExactly("a", "b");
                        assertThat(update.insertionsAllowed(limiter, mix, 5)).isEqualTo(5);
                    });
        }
    }

    @Test
    void anUndrawnItemTooOldInTimeSlowsTheProducerToo() {
        RateLimiter limiter = RateLimiter.minSizeOnly(1);
        try (ReplayBuffer buffer = slowsProducer(null, Duration.ofMinutes(1), 2)) {
            SortedMap<String, Double> mix = buffer.settings().mix();
            insert(buffer, "a");
            clock.forward(Duration.ofMinutes(1));
            insert(buffer, "b");
            change(
                    buffer,
                    update -> assertThat(update.insertionsAllowed(limiter, mix, 5)).isEqualTo(5));
            clock.forward(Duration.ofMillis(1));
            change(
                    buffer,
                    update -> assertThat(update.insertionsAllowed(limiter, mix, 5)).isZero());
            assertThat(keys(sample(buffer, 1, 1))).containsExactly("a");
            // It is as old as before, but was drawn; b isn't old.
            change(
                    buffer,
                    update -> assertThat(update.insertionsAllowed(limiter, mix, 5)).isEqualTo(5));
        }
    }

    @Test
    void repositoriesAreListedOnceAndTakenOutInPart() {
        try (ReplayBuffer buffer = freshAndHistory(3, 10)) {
            insertTwoRepositories(buffer);
            change(buffer, update -> update.insert(item("none", "", "java", "mutation")));
            assertThat(buffer.repositories()).containsExactly("maven:g:a", "maven:g:ab");
            change(buffer, update -> assertThat(update.removeRepository("").total()).isZero());
            byte[] third = item("a3", "maven:g:a", "java", "mutation").value();
            change(
                    buffer,
                    update ->
                            assertThat(
                                            update.removeRepositories(
                                                    "maven:g:a"::equals,
                                                    bytes -> Arrays.equals(bytes, third)))
                                    .isEqualTo(new Removed(0, 1)));
            assertThat(held(buffer)).hasSize(12).doesNotContain("a3").contains("a2", "b3");
        }
    }

    /** Six items each, in turns: a0 to a5 of one, b0 to b5 of one whose name begins alike. */
    private static void insertTwoRepositories(ReplayBuffer buffer) {
        change(
                buffer,
                update -> {
                    for (int i = 0; i < 6; i++) {
                        update.insert(item("a" + i, "maven:g:a", "java", "mutation"));
                        update.insert(item("b" + i, "maven:g:ab", "java", "mutation"));
                    }
                });
    }

    @Test
    void anOptOutTakesAllOfARepositoryFromAllTables() {
        try (ReplayBuffer buffer = freshAndHistory(3, 10)) {
            insertTwoRepositories(buffer);
            change(
                    buffer,
                    update -> {
                        update.insert(item("a9", "maven:g:a", "java", "mutation"));
                        assertThat(update.removeRepository("maven:g:a"))
                                .isEqualTo(new Removed(0, 7));
                        assertThat(update.removeRepository("maven:g:a"))
                                .isEqualTo(new Removed(0, 0));
                    });
            assertThat(held(buffer)).containsExactlyInAnyOrder("b0", "b1", "b2", "b3", "b4", "b5");
            assertThat(buffer.stats().removed()).isEqualTo(7);
        }
        try (ReplayBuffer buffer = freshAndHistory(3, 10)) {
            assertThat(buffer.repositories()).containsExactly("maven:g:ab");
            change(
                    buffer,
                    update ->
                            assertThat(update.removeRepository("maven:g:ab").total()).isEqualTo(6));
            assertThat(buffer.repositories()).isEmpty();
            assertThat(buffer.stats().size()).isZero();
        }
    }

    @Test
    void whatIsTakenOutSaysWhetherItWasEverDrawn() {
        try (ReplayBuffer buffer = freshAndHistory(3, 10)) {
            insertTwoRepositories(buffer);
            change(
                    buffer,
                    update -> {
                        long drawn =
                                update.sample(4, new SplitMix64(1)).stream()
                                        .map(Sample::key)
                                        .distinct()
                                        .peek(
                                                key ->
                                                        assertThat(update.remove(key))
                                                                .isEqualTo(new Removed(1, 0)))
                                        .count();
                        Removed left =
                                update.removeRepository("maven:g:a")
                                        .plus(update.removeRepository("maven:g:ab"));
                        assertThat(left).isEqualTo(new Removed(0, 12 - drawn));
                    });
        }
    }

    @Test
    void tablesAreDrawnFromAndInsertedIntoByName() {
        ReplaySettings settings =
                new ReplaySettings(
                        List.of(
                                TableSettings.table("x", 5).build(),
                                TableSettings.table("y", 5).build()),
                        new TreeMap<>(Map.of("x", 1.0)),
                        0,
                        Duration.ofMinutes(1));
        try (ReplayBuffer buffer = Buffers.open(folder, settings, clock)) {
            change(
                    buffer,
                    update -> {
                        update.insert("x", item("a"));
                        update.insert("y", item("a"));
                        update.insert("y", item("b"));
                        assertThat(keys(update.sample(4, new SplitMix64(1)))).containsOnly("a");
                        assertThat(update.sample("y", 9, new SplitMix64(1)))
                                .extracting(Sample::table)
                                .containsOnly("y");
                        assertThatThrownBy(() -> update.insert("z", item("a")))
                                .hasMessage("no replay table z; there are: [x, y]");
                    });
            assertThat(buffer.stats("y").sampled()).isEqualTo(9);
        }
        assertThatThrownBy(
                        () ->
                                Buffers.open(
                                        folder,
                                        ReplaySettings.of(TableSettings.table("x", 5).build()),
                                        clock))
                .isInstanceOf(ReplayException.class)
                .hasMessageContaining("holds y with 2 items, which the settings don't name");
    }

    @Test
    void settingsThatContradictEachOtherAreRefused() {
        TableSettings.Builder table = TableSettings.table("t", 100);
        assertThatThrownBy(
                        () ->
                                table.maxTimesSampled(2)
                                        .limiter(new RateLimiter(10, 2, 20, 32))
                                        .build())
                .hasMessageContaining("batch of 32 exceeds min-size · max-times-sampled = 10 · 2");
        assertThatThrownBy(
                        () ->
                                new Strata(
                                        Strata.By.LANGUAGE,
                                        new TreeMap<>(Map.of("a", 0.7, "b", 0.4))))
                .hasMessageContaining("together 1.1");
        assertThatThrownBy(() -> new Strata(Strata.By.LANGUAGE, new TreeMap<>()))
                .hasMessageContaining("one without the other");
        TableSettings plain = TableSettings.table("t", 100).build();
        assertThatThrownBy(() -> ReplaySettings.of(plain.overflowingTo("t")))
                .hasMessageContaining(
                        "table t hands on to t, which is none of the tables after it");
        assertThatThrownBy(
                        () ->
                                new ReplaySettings(
                                        List.of(plain),
                                        new TreeMap<>(Map.of("t", 0.5)),
                                        0,
                                        Duration.ZERO))
                .hasMessageContaining("together 0.5, must be 1");
    }

    private ReplayBuffer slowsProducer(
            @Nullable Long versions, @Nullable Duration age, long timesSampled) {
        return open(
                TableSettings.table("t", 9)
                        .sampler(Selection.FIFO)
                        .maxTimesSampled(timesSampled)
                        .staleness(new Staleness(versions, age, Staleness.Policy.SLOW_PRODUCER)));
    }

    private ReplayBuffer freshAndHistory(long fresh, long history) {
        return Buffers.open(
                folder,
                ReplaySettings.freshAndHistory(
                        TableSettings.table("fresh", fresh).build(),
                        TableSettings.table("history", history).build(),
                        ReplaySettings.HISTORY_FRACTION),
                clock);
    }

    private static TableSettings.Builder strata(long capacity) {
        return TableSettings.table("t", capacity)
                .strata(
                        new Strata(
                                Strata.By.LANGUAGE,
                                new TreeMap<>(Map.of("java", 0.5, "python", 0.3))));
    }

    private ReplayBuffer open(TableSettings.Builder table) {
        return open("buffer", table);
    }

    private ReplayBuffer open(String name, TableSettings.Builder table) {
        return Buffers.open(folder.resolve(name), ReplaySettings.of(table.build()), clock);
    }

    private static void change(ReplayBuffer buffer, Consumer<ReplayUpdate> changes) {
        try (ReplayUpdate update = buffer.begin()) {
            changes.accept(update);
            update.commit();
        }
    }

    private static void numbered(ReplayUpdate update, int from, int to) {
        for (int i = from; i < to; i++) {
            update.insert(item("k%04d".formatted(i)));
        }
    }

    private static void many(ReplayUpdate update, String language, int count) {
        for (int i = 0; i < count; i++) {
            update.insert(item(language + i, "r", language, "mutation"));
        }
    }

    private static Map<String, Long> byLanguage(List<Sample> samples) {
        Map<String, Long> counts = new TreeMap<>();
        samples.forEach(s -> counts.merge(s.key().replaceAll("\\d", ""), 1L, Long::sum));
        return counts;
    }

    private static List<String> held(ReplayBuffer buffer) {
        List<String> keys = new ArrayList<>();
        buffer.forEach(Long.MAX_VALUE, (key, value) -> keys.add(key));
        return keys;
    }
}
