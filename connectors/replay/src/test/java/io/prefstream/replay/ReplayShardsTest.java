package io.prefstream.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayShardsTest {

    private static final long CHANGES = 60;

    @TempDir Path folder;

    @Test
    void twoShardsBecomeThreeAndNothingIsLost() throws Exception {
        List<Path> before = List.of(churned("a", 0), churned("b", 1));
        List<Path> after =
                IntStream.range(0, 3).mapToObj(i -> folder.resolve("shard" + i)).toList();
        ReplayShards.reshard(before, after, Churn.settings());

        TreeMap<String, String> expected = new TreeMap<>();
        for (Path checkpoint : before) {
            expected.putAll(items(opened(checkpoint)));
        }
        TreeMap<String, String> found = new TreeMap<>();
        for (int shard = 0; shard < 3; shard++) {
            Map<String, String> items = items(after.get(shard));
            int number = shard;
            assertThat(items)
                    .isNotEmpty()
                    .allSatisfy((key, v) -> assertThat(ReplayShards.of(key, 3)).isEqualTo(number));
            found.putAll(items);
        }
        assertThat(found).isEqualTo(expected);
        for (String table : List.of("fresh", "history")) {
            List<ToLongFunction<ReplayStats>> counters =
                    List.of(
                            ReplayStats::size,
                            ReplayStats::inserted,
                            ReplayStats::sampled,
                            ReplayStats::removed,
                            ReplayStats::evicted,
                            ReplayStats::usedUp,
                            ReplayStats::moved);
            for (ToLongFunction<ReplayStats> counter : counters) {
                assertThat(sum(after, table, counter))
                        .isEqualTo(sum(before.stream().map(this::opened).toList(), table, counter));
            }
        }
        try (ReplayBuffer shard = Churn.open(after.get(2))) {
            assertThat(Churn.last(shard)).isEqualTo(CHANGES);
            assertThat(shard.modelVersion()).isEqualTo(CHANGES);
            Churn.change(shard, CHANGES + 1);
        }
        try (var left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .noneMatch(name -> name.startsWith(".reshard"));
        }
    }

    @Test
    void shardsOfDifferentStepsAreRefused() {
        List<Path> before = List.of(churned("a", 0), churned("b", 1, CHANGES + 1));
        assertThatThrownBy(
                        () ->
                                ReplayShards.reshard(
                                        before, List.of(folder.resolve("one")), Churn.settings()))
                .isInstanceOf(ReplayException.class)
                .hasMessageContaining("aren't of one step: their notes [number] differ");
    }

    @Test
    void aTargetThatHoldsSomethingOrTooLittleIsRefused() {
        List<Path> before = List.of(churned("a", 0), churned("b", 1));
        assertThatThrownBy(
                        () ->
                                ReplayShards.reshard(
                                        before, List.of(before.get(0)), Churn.settings()))
                .hasMessageContaining("isn't empty");
        assertThatThrownBy(
                        () ->
                                ReplayShards.reshard(
                                        before, List.of(folder.resolve("one")), Churn.settings()))
                .hasMessageMatching(
                        "shard 0 would hold \\d+ items in table fresh, whose capacity is 40");
    }

    /** The checkpoint of a shard that took in what is its own of the changes. */
    private Path churned(String name, int shard) {
        return churned(name, shard, CHANGES);
    }

    private Path churned(String name, int shard, long changes) {
        Path checkpoint = folder.resolve(name + "-checkpoint");
        try (ReplayBuffer buffer = Churn.open(folder.resolve(name))) {
            for (long number = 1; number <= changes; number++) {
                Churn.change(buffer, number);
                try (ReplayUpdate update = buffer.begin()) {
                    List<String> foreign = new ArrayList<>();
                    buffer.forEach(
                            Long.MAX_VALUE,
                            (key, value) -> {
                                if (ReplayShards.of(key, 2) != shard) {
                                    foreign.add(key);
                                }
                            });
                    foreign.forEach(update::remove);
                    update.commit();
                }
            }
            buffer.checkpoint(checkpoint);
        }
        return checkpoint;
    }

    private Path opened(Path checkpoint) {
        Path copy = checkpoint.resolveSibling(checkpoint.getFileName() + "-opened");
        if (!Files.exists(copy)) {
            Snapshots.layOut(checkpoint, copy);
        }
        return copy;
    }

    /** What each key's item is. */
    static Map<String, String> items(Path shard) {
        Map<String, String> bytes = new TreeMap<>();
        TreeMap<String, String> items = new TreeMap<>();
        try (ReplayBuffer buffer = Churn.open(shard)) {
            buffer.forEach(
                    Long.MAX_VALUE, (key, value) -> bytes.put(key, new String(value, UTF_8)));
            for (String name : List.of("fresh", "history")) {
                buffer.forEachPlace(
                        name,
                        place -> {
                            ItemRecord item = buffer.item(place);
                            items.put(
                                    item.key(),
                                    "%s %s %d %d %s %s"
                                            .formatted(
                                                    name,
                                                    bytes.get(item.key()),
                                                    item.version(),
                                                    item.where().timesSampled(),
                                                    item.where().priority(),
                                                    item.traits()));
                        });
            }
        }
        return items;
    }

    static long sum(List<Path> shards, String table, ToLongFunction<ReplayStats> counter) {
        long sum = 0;
        for (Path shard : shards) {
            try (ReplayBuffer buffer = Churn.open(shard)) {
                sum += counter.applyAsLong(buffer.stats(table));
            }
        }
        return sum;
    }
}
