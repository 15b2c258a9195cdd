package io.prefstream.replay;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The folder of a table that nobody has open, and the way to another number of shards in its place.
 *
 * <pre>
 *   DIR/                       one buffer
 *   DIR/shard-0 … shard-3      four
 *   DIR.resharded              what takes the place of DIR once it is whole
 *   DIR.before-reshard         what DIR was, until that is there
 *   DIR.resharding             locked by the process that does it
 * </pre>
 *
 * <p>Items are read from the old shards and written to the new ones, so both must fit on the disk.
 * Two renames put the new ones in place; a process that was killed before them has changed nothing,
 * and what one killed between or behind them left is {@linkplain #settle settled} by the next.
 */
public final class ShardFolders {

    private static final String SHARD = "shard-";

    private ShardFolders() {}

    /**
     * Spreads a table over another number of shards. Each takes in its own keys from then on
     * ({@link ReplayShards#keysOf}). Returns their folders.
     *
     * @throws IllegalArgumentException if there is no table in the folder
     * @throws ReplayException if it is open elsewhere or damaged, or its shards aren't of one step
     */
    public static List<Path> reshard(Path folder, int shards) {
        if (!Files.isDirectory(folder) && !Files.exists(former(folder))) {
            throw noTable(folder);
        }
        return alone(
                folder,
                () -> {
                    settle(folder);
                    List<Path> before = shardsOf(folder);
                    if (before.isEmpty()) {
                        throw noTable(folder);
                    }
                    spread(folder, before, shards);
                    return shardsOf(folder);
                });
    }

    private static IllegalArgumentException noTable(Path folder) {
        return new IllegalArgumentException("no replay table in " + folder);
    }

    private static void spread(Path folder, List<Path> before, int shards) {
        Path next = next(folder);
        try {
            fill(before, shards == 1 ? List.of(next) : shardsIn(next, shards));
        } catch (RuntimeException e) {
            ReplayShards.delete(next);
            throw e;
        }
        if (shardsOf(next).size() != shards) {
            throw new ReplayException(
                    "%s isn't what was written there: %s stays as it is".formatted(next, folder));
        }
        move(folder, former(folder));
        move(next, folder);
        ReplayShards.delete(former(folder));
    }

    /** Does something to a folder's shards that no other process does at the same time. */
    private static <T> T alone(Path folder, Supplier<T> work) {
        Path path = locked(folder);
        try (FileChannel channel = FileChannel.open(path, CREATE, WRITE)) {
            FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                lock = null;
            }
            if (lock == null) {
                throw new ReplayException("a reshard of %s is under way".formatted(folder));
            }
            try {
                return work.get();
            } finally {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new ReplayException("file %s failed: %s".formatted(path, e), e);
        }
    }

    /**
     * The folder of one buffer, behind a reshard that was cut short.
     *
     * @throws IllegalArgumentException if there are several shards in it
     */
    public static Path single(Path folder) {
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null && ("" + folder.getFileName()).startsWith(SHARD)) {
            settleWhatWasCutShort(parent);
        }
        settleWhatWasCutShort(folder);
        List<Path> shards = shardsOf(folder);
        if (shards.size() > 1) {
            throw new IllegalArgumentException(
                    "%s holds %d shards of a table: name one of them, such as %s"
                            .formatted(folder, shards.size(), shards.get(0)));
        }
        return folder;
    }

    /** Ends what a reshard left that was cut short; it left something beside the folder then. */
    private static void settleWhatWasCutShort(Path folder) {
        if (Files.exists(former(folder))
                || Files.exists(next(folder))
                || Files.exists(locked(folder))) {
            alone(
                    folder,
                    () -> {
                        settle(folder);
                        return folder;
                    });
        }
    }

    private static void settle(Path folder) {
        Path next = next(folder);
        Path former = former(folder);
        if (!Files.exists(former)) {
            ReplayShards.delete(next);
        } else if (!Files.exists(folder) && !Files.exists(next)) {
            move(former, folder);
        } else if (!Files.exists(folder)) {
            move(next, folder);
            ReplayShards.delete(former);
        } else if (!Files.exists(next)) {
            ReplayShards.delete(former);
        } else {
            throw new ReplayException(
                    "%s was made anew while a reshard of it was cut short: its table is in %s, or spread anew in %s; move one of them there"
                            .formatted(folder, former, next));
        }
    }

    private static void fill(List<Path> before, List<Path> after) {
        List<ReplayBuffer> open = new ArrayList<>();
        try {
            for (Path source : before) {
                open.add(ReplayBuffer.openAsItIs(source));
            }
            List<ReplayBuffer> sources = List.copyOf(open);
            ReplayShards.refuseUnlessWhole(sources);
            List<String> tables =
                    sources.stream()
                            .flatMap(source -> source.settings().tables().stream())
                            .map(TableSettings::name)
                            .distinct()
                            .toList();
            for (Path target : after) {
                open.add(ReplayBuffer.open(target, ReplaySettings.unbounded(tables)));
            }
            ReplayShards.reshard(sources, open.subList(sources.size(), open.size()));
        } finally {
            open.forEach(ReplayBuffer::close);
        }
    }

    /** The folders of a table's buffers; none if there is no table. */
    private static List<Path> shardsOf(Path folder) {
        if (isBuffer(folder)) {
            return List.of(folder);
        }
        int shards = 0;
        while (isBuffer(folder.resolve(SHARD + shards))) {
            shards++;
        }
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> present = Files.list(folder)) {
            long named =
                    present.filter(path -> ("" + path.getFileName()).startsWith(SHARD)).count();
            if (named != shards) {
                throw new ReplayException(
                        "%s holds %d folders %s…, and no table in %s%d"
                                .formatted(folder, named, SHARD, SHARD, shards));
            }
        } catch (IOException e) {
            throw new ReplayException("folder %s can't be read: %s".formatted(folder, e), e);
        }
        return shardsIn(folder, shards);
    }

    private static List<Path> shardsIn(Path folder, int shards) {
        return IntStream.range(0, shards).mapToObj(i -> folder.resolve(SHARD + i)).toList();
    }

    /** RocksDB names its newest manifest so. */
    private static boolean isBuffer(Path folder) {
        return Files.exists(folder.resolve("CURRENT"));
    }

    private static Path next(Path folder) {
        return beside(folder, ".resharded");
    }

    private static Path former(Path folder) {
        return beside(folder, ".before-reshard");
    }

    private static Path locked(Path folder) {
        return beside(folder, ".resharding");
    }

    private static Path beside(Path folder, String ending) {
        Path absolute = folder.toAbsolutePath().normalize();
        return absolute.resolveSibling(absolute.getFileName() + ending);
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new ReplayException("%s can't become %s: %s".formatted(from, to, e), e);
        }
    }
}
