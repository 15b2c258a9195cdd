package io.prefstream.replay;

import io.prefstream.topics.testing.HeldProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rocksdb.RocksDB;

/**
 * A reshard in a process of its own, which is held before each change that it makes to files:
 * folders made, renamed and emptied, items written.
 */
final class KilledReshard {

    private KilledReshard() {}

    public static void main(String[] arguments) {
        ShardFolders.reshard(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    }

    static HeldProgram of(Path table, int shards) {
        return new HeldProgram(
                KilledReshard.class,
                List.of("" + table, "" + shards),
                "-Xmx128m",
                Map.of(
                        Files.class, Set.of("createDirectory", "move", "delete"),
                        RocksDB.class, Set.of("write")),
                ShardFolders.class);
    }
}
