package io.prefstream.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.topics.testing.HeldProgram;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;

/** Another number of shards in the place of a table. */
class ShardFoldersTest {

    private static final long CHANGES = 60;

    @TempDir Path folder;
    private Path table;
    private Map<String, String> items;

    @BeforeEach
    void fill() {
        table = folder.resolve("table");
        try (ReplayBuffer buffer = Churn.open(table)) {
            for (long number = 1; number <= CHANGES; number++) {
                Churn.change(buffer, number);
            }
        }
        items = ReplayShardsTest.items(table);
    }

    @Test
    void aTableBecomesThreeShardsAndOneAgainWithAllThatItHadInTheSameOrder() throws Exception {
        List<Long> counted = counted(List.of(table));
        List<String> order = keys(table);

        ShardFolders.reshard(table, 3);
        List<Path> shards = shards(3);
        assertThat(inAll(shards)).isEqualTo(items);
        assertThat(counted(shards)).isEqualTo(counted);
        for (int shard = 0; shard < 3; shard++) {
            try (ReplayBuffer buffer = Churn.open(shards.get(shard))) {
                assertThat(keys(buffer))
                        .isNotEmpty()
                        .isSubsetOf(order)
                        .allMatch(ReplayShards.keysOf(buffer));
                assertThat(Churn.last(buffer)).isEqualTo(CHANGES);
            }
        }
        ShardFolders.reshard(table, 2);
        assertThat(inAll(shards(2))).isEqualTo(items);
        ShardFolders.reshard(table, 1);
        assertThat(ReplayShardsTest.items(table)).isEqualTo(items);
        assertThat(counted(List.of(table))).isEqualTo(counted);
        assertThat(keys(table)).containsExactlyInAnyOrderElementsOf(order);
        try (ReplayBuffer buffer = Churn.open(table)) {
            assertThat(List.of("any", "key")).allMatch(ReplayShards.keysOf(buffer));
            Churn.change(buffer, CHANGES + 1);
        }
        assertThat(names(folder)).containsExactly("table");
    }

    @Test
    void theSameTableGivesTheSameShardsWithTheSameDraws() throws Exception {
        Path twin = folder.resolve("twin");
        Snapshots.layOut(table, twin);
        ShardFolders.reshard(table, 2);
        ShardFolders.reshard(twin, 2);
        for (String shard : List.of("shard-0", "shard-1")) {
            assertThat(portrait(twin.resolve(shard))).isEqualTo(portrait(table.resolve(shard)));
        }
    }

    @Test
    void aTableThatIsOpenOrMissingIsRefusedAndStaysAsItIs() throws Exception {
        try (ReplayBuffer open = Churn.open(table)) {
            List<String> before = Churn.portrait(open);
            assertThatThrownBy(() -> ShardFolders.reshard(table, 2))
                    .isInstanceOf(ReplayException.class)
                    .hasMessageContaining("replay table in " + table)
                    .hasMessageContaining("it is open already");
            assertThat(Churn.portrait(open)).isEqualTo(before);
        }
        Path nowhere = folder.resolve("nowhere");
        assertThatThrownBy(() -> ShardFolders.reshard(nowhere, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no replay table in " + nowhere);
        assertThat(names(folder)).containsExactly("table");
    }

    @Test
    void shardsOfAnotherStepOrTooFewAreRefused() throws Exception {
        ShardFolders.reshard(table, 2);
        try (ReplayBuffer shard = Churn.open(table.resolve("shard-1"))) {
            Churn.change(shard, CHANGES + 1);
        }
        assertThatThrownBy(() -> ShardFolders.reshard(table, 1))
                .hasMessageContaining("aren't of one step: their notes [number] differ");
        ReplayShards.delete(table.resolve("shard-1"));
        assertThatThrownBy(() -> ShardFolders.reshard(table, 1))
                .hasMessageContaining(
                        "replay shard 0 of 1 is number 0 of 2: expected all shards of one table");
        assertThat(names(folder)).containsExactly("table");
    }

    @Test
    void aFolderOfShardsIsNoFolderOfOneBuffer() {
        assertThat(ShardFolders.single(table)).isEqualTo(table);
        assertThat(ShardFolders.single(folder.resolve("new"))).isEqualTo(folder.resolve("new"));
        ShardFolders.reshard(table, 2);
        assertThat(ShardFolders.single(table.resolve("shard-1"))).exists();
        assertThatThrownBy(() -> ShardFolders.single(table))
                .hasMessage(
                        "%s holds 2 shards of a table: name one of them, such as %s/shard-0"
                                .formatted(table, table));
    }

    @Test
    void whatAReshardThatGoesOnHasWrittenIsLeftAlone() throws Exception {
        Path locked = folder.resolve("table.lock");
        Path resharded = folder.resolve("table.resharded");
        copyOfOne(resharded);
        Map<String, String> written = ReplayShardsTest.items(resharded);
        try (FileChannel channel =
                        FileChannel.open(
                                locked, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            for (ThrowingCallable other :
                    List.<ThrowingCallable>of(
                            () -> ShardFolders.reshard(table, 2),
                            () -> ShardFolders.single(table),
                            () -> open(table))) {
                assertThatThrownBy(other)
                        .isInstanceOf(ReplayException.class)
                        .hasMessageStartingWith("a reshard of %s is under way".formatted(table));
            }
            assertThat(lock.isValid()).isTrue();
            assertThat(ReplayShardsTest.items(resharded)).isEqualTo(written);
        }
        assertThat(ShardFolders.single(table)).isEqualTo(table);
        assertThat(names(folder)).containsExactly("table");
    }

    @Test
    void aTableThatOnlyTheFormerFolderHasComesBack() throws Exception {
        Files.move(table, folder.resolve("table.before-reshard"));
        assertThat(ReplayShardsTest.items(ShardFolders.single(table))).isEqualTo(items);
        assertThat(names(folder)).containsExactly("table");
    }

    @Test
    void whatAReshardThatWasKilledLeftIsSettled() throws Exception {
        Path resharded = folder.resolve("table.resharded");
        Path former = folder.resolve("table.before-reshard");
        // While it was written: nothing has happened.
        Files.createDirectories(resharded.resolve("shard-0"));
        assertThat(ReplayShardsTest.items(ShardFolders.single(table))).isEqualTo(items);
        assertThat(names(folder)).containsExactly("table");

        // Between the renames: the new ones take its place.
        ShardFolders.reshard(table, 2);
        Files.move(table, resharded);
        copyOfOne(former);
        assertThat(ShardFolders.single(table.resolve("shard-0"))).exists();
        assertThat(inAll(shards(2))).isEqualTo(items);
        assertThat(names(folder)).containsExactly("table");

        // Behind them: only the old one is left to delete.
        copyOfOne(former);
        ShardFolders.reshard(table, 1);
        assertThat(ReplayShardsTest.items(table)).isEqualTo(items);
        assertThat(names(folder)).containsExactly("table");

        // Somebody made a new table between the renames: nothing is thrown away.
        copyOfOne(former);
        copyOfOne(resharded);
        assertThatThrownBy(() -> ShardFolders.single(table))
                .isInstanceOf(ReplayException.class)
                .hasMessageContaining("was made anew while a reshard of it was cut short");
        assertThat(names(folder))
                .containsExactly("table", "table.before-reshard", "table.resharded");
    }

    @Test
    @Timeout(300)
    void killedBeforeAnyStepItIsDoneByTheNextWithEveryItemOnce() throws Exception {
        List<Long> counted = counted(List.of(table));
        Path original = folder.resolve("original");
        Snapshots.layOut(table, original);
        List<String> steps = KilledReshard.of(table, 3).killedBefore(HeldProgram.NEVER);
        assertThat(inAll(shards(3))).isEqualTo(items);
        assertThat(steps).contains("createDirectory", "write", "delete");
        assertThat(steps).filteredOn("move"::equals).hasSize(2);

        for (int kill : turns(steps)) {
            ReplayShards.delete(table);
            Snapshots.layOut(original, table);
            assertThat(KilledReshard.of(table, 3).killedBefore(kill))
                    .isEqualTo(steps.subList(0, kill));
            ShardFolders.reshard(table, 3);
            assertThat(inAll(shards(3))).as("killed before step %d", kill).isEqualTo(items);
            assertThat(counted(shards(3))).isEqualTo(counted);
            assertThat(names(folder)).containsExactly("original", "table");
        }
    }

    /** From its last read on the tables are closed: RocksDB keeps nobody from them. */
    @Test
    @Timeout(60)
    void whoComesBeforeTheRenamesOfAReshardOpensNothing() throws Exception {
        List<String> names = new ArrayList<>();
        List<String> steps =
                KilledReshard.of(table, 2)
                        .run(
                                (number, name) -> {
                                    if (name.equals("move")) {
                                        names.addAll(names(folder));
                                        assertRefused(table);
                                    }
                                    return true;
                                });
        assertThat(names)
                .containsExactly(
                        "table", "table.resharded", "table.before-reshard", "table.resharded");
        assertThat(steps).filteredOn("move"::equals).hasSize(2);
        assertThat(inAll(shards(2))).isEqualTo(items);
        assertThat(names(folder)).containsExactly("table");
        assertThatThrownBy(() -> open(table)).hasMessageContaining("holds 2 shards of a table");
        assertThat(names(table)).containsExactly("shard-0", "shard-1");
    }

    /** Opens a table, in a process of its own. */
    static final class Opening {
        private Opening() {}

        public static void main(String[] arguments) {
            open(Path.of(arguments[0])).close();
        }
    }

    @Test
    @Timeout(60)
    void whoOpensAShardKeepsReshardsFromTheTableAndNobodyFromTheOtherShards() throws Exception {
        ShardFolders.reshard(table, 2);
        HeldProgram opening =
                new HeldProgram(
                        Opening.class,
                        List.of("" + table.resolve("shard-0")),
                        "-Xmx128m",
                        Map.of(RocksDB.class, Set.of("loadLibrary")),
                        ShardFolders.class);
        List<String> keys = new ArrayList<>();
        List<String> steps =
                opening.run(
                        (number, name) -> {
                            if (number == 0) {
                                assertThatThrownBy(() -> ShardFolders.reshard(table, 1))
                                        .isInstanceOf(ReplayException.class)
                                        .hasMessageEndingWith("or somebody is opening it");
                                try (ReplayBuffer other = open(table.resolve("shard-1"))) {
                                    keys.addAll(keys(other));
                                }
                            }
                            return true;
                        });
        assertThat(steps).isNotEmpty();
        assertThat(keys).isNotEmpty();
        ShardFolders.reshard(table, 1);
        assertThat(ReplayShardsTest.items(table)).isEqualTo(items);
    }

    private static void assertRefused(Path table) {
        assertThatThrownBy(() -> open(table))
                .isInstanceOf(ReplayException.class)
                .hasMessageStartingWith("a reshard of %s is under way".formatted(table));
    }

    private static ReplayBuffer open(Path folder) {
        return ShardFolders.open(folder, Churn.settings());
    }

    /** Steps of another kind than the one before, and some of those between. */
    private static List<Integer> turns(List<String> steps) {
        return IntStream.range(0, steps.size())
                .filter(
                        i ->
                                i % 11 == 0
                                        || !steps.get(i).equals(steps.get(i - 1))
                                        || steps.get(i).equals("move"))
                .boxed()
                .toList();
    }

    private static void copyOfOne(Path target) {
        try (ReplayBuffer buffer = Churn.open(target)) {
            Churn.change(buffer, 1);
        }
    }

    private List<Path> shards(int shards) {
        return IntStream.range(0, shards).mapToObj(i -> table.resolve("shard-" + i)).toList();
    }

    private static Map<String, String> inAll(List<Path> shards) {
        Map<String, String> all = new TreeMap<>();
        for (Path shard : shards) {
            Map<String, String> one = ReplayShardsTest.items(shard);
            assertThat(all).doesNotContainKeys(one.keySet().toArray(String[]::new));
            all.putAll(one);
        }
        return all;
    }

    /** The sums of the counters that items don't show. */
    private static List<Long> counted(List<Path> shards) {
        List<ToLongFunction<ReplayStats>> counters =
                List.of(
                        ReplayStats::inserted,
                        ReplayStats::duplicates,
                        ReplayStats::sampled,
                        ReplayStats::removed,
                        ReplayStats::evicted,
                        ReplayStats::usedUp,
                        ReplayStats::stale,
                        ReplayStats::moved);
        List<Long> sums = new ArrayList<>();
        for (String name : List.of("fresh", "history")) {
            counters.forEach(counter -> sums.add(ReplayShardsTest.sum(shards, name, counter)));
        }
        return sums;
    }

    private static List<String> keys(Path shard) {
        try (ReplayBuffer buffer = Churn.open(shard)) {
            return keys(buffer);
        }
    }

    private static List<String> keys(ReplayBuffer buffer) {
        List<String> keys = new ArrayList<>();
        buffer.forEach(Long.MAX_VALUE, (key, value) -> keys.add(key));
        return keys;
    }

    private static List<String> portrait(Path shard) {
        try (ReplayBuffer buffer = Churn.open(shard)) {
            return Churn.portrait(buffer);
        }
    }

    /** Without the lock, which stays. */
    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> "" + path.getFileName())
                    .filter(name -> !name.equals("table.lock"))
                    .sorted()
                    .toList();
        }
    }
}
