package io.prefstream.replay;

import java.io.IOException;
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
 *   DIR.lock                   {@link TableLock}
 * </pre>
 *
 * <p>Items are read from the old shards and written to the new ones, so both must fit on the disk.
 * Two renames put the new ones in place; a process that was killed before them has changed nothing,
 * and what one killed between or behind them left is {@linkplain #settle settled} by the next.
 *
 * <p>While a table is open RocksDB's own lock keeps others from it. It doesn't from the end of the
 * reading to the renames, when the tables are closed: so who opens one that may be resharded does
 * so by {@link #open} or {@link #undisturbed}.
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
        return lock(folder)
                .alone(
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

    /**
     * Opens the buffer in a folder, behind a reshard that was cut short.
     *
     * @throws IllegalArgumentException if there are several shards in it
     * @throws ReplayException if a reshard of it is under way, or it can't be opened
     */
    public static ReplayBuffer open(Path folder, ReplaySettings settings) {
        return undisturbed(folder, () -> ReplayBuffer.open(oneBuffer(folder), settings));
    }

    /**
     * Lets the caller open a table while no reshard of it goes on.
     *
     * @throws ReplayException if one does
     */
    public static ReplayBuffer undisturbed(Path folder, Supplier<ReplayBuffer> opening) {
        settleWhatWasCutShort(folder);
        return lock(folder).shared(opening);
    }

    /**
     * The folder of one buffer, behind a reshard that was cut short.
     *
     * @throws IllegalArgumentException if there are several shards in it
     * @throws ReplayException if a reshard of it is under way
     */
    public static Path single(Path folder) {
        settleWhatWasCutShort(folder);
        return oneBuffer(folder);
    }

    private static Path oneBuffer(Path folder) {
        if (wasCutShort(folder) || wasCutShort(home(folder))) {
            throw new ReplayException("a reshard of %s is under way".formatted(folder));
        }
        List<Path> shards = shardsOf(folder);
        if (shards.size() > 1) {
            throw new IllegalArgumentException(
                    "%s holds %d shards of a table: name one of them, such as %s"
                            .formatted(folder, shards.size(), shards.get(0)));
        }
        return folder;
    }

    /** Ends what reshards left that were cut short. */
    private static void settleWhatWasCutShort(Path folder) {
        for (Path each : List.of(home(folder), folder)) {
            if (wasCutShort(each)) {
                lock(each)
                        .alone(
                                () -> {
                                    settle(each);
                                    return each;
                                });
            }
        }
    }

    /** It left something beside the folder then. */
    private static boolean wasCutShort(Path folder) {
        return Files.exists(former(folder)) || Files.exists(next(folder));
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

    /** One for all shards of a table. */
    private static TableLock lock(Path folder) {
        return new TableLock(beside(home(folder), ".lock"), folder);
    }

    /** The folder that a reshard takes the place of. */
    private static Path home(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        boolean shard = ("" + absolute.getFileName()).matches(SHARD + "\\d+");
        return shard && parent != null ? parent : absolute;
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
