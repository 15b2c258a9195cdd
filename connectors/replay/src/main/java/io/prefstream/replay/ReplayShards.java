package io.prefstream.replay;

import io.prefstream.schemas.ContentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Buffers that share a log's items by their keys, each shard a buffer of its own; and the way from
 * one number of shards to another.
 */
public final class ReplayShards {

    private static final int AT_ONCE = 1_000;

    /** Note of a shard: its number and how many there are. */
    private static final String SHARD = "shard";

    private ReplayShards() {}

    /** Which of so many shards a key belongs to. */
    public static int of(String key, int shards) {
        return (int) (ContentId.fraction("replay-shard", key) * shards);
    }

    /**
     * Which keys a buffer takes in: those of its shard if it was made by {@link #reshard}, else
     * all.
     */
    public static Predicate<String> keysOf(ReplayBuffer buffer) {
        Shard shard = Shard.of(buffer);
        return key -> of(key, shard.shards()) == shard.number();
    }

    /** Refuses buffers that aren't all shards of a table, in order. */
    static void refuseUnlessWhole(List<ReplayBuffer> sources) {
        for (int i = 0; i < sources.size(); i++) {
            Shard shard = Shard.of(sources.get(i));
            if (!shard.equals(new Shard(i, sources.size()))) {
                throw new ReplayException(
                        "replay shard %d of %d is number %d of %d: expected all shards of one table"
                                .formatted(i, sources.size(), shard.number(), shard.shards()));
            }
        }
    }

    /** Which shard a buffer is, of how many. */
    private record Shard(int number, int shards) {

        static Shard of(ReplayBuffer buffer) {
            return buffer.note(SHARD)
                    .map(ByteBuffer::wrap)
                    .map(note -> new Shard(note.getInt(), note.getInt()))
                    .orElse(new Shard(0, 1));
        }

        byte[] note() {
            return ByteBuffer.allocate(2 * Integer.BYTES).putInt(number).putInt(shards).array();
        }
    }

    /**
     * Restores the checkpoints of all shards of a step into another number of shards. Every item
     * comes into the shard of its key with its uses, priority, age and version. Counters of what
     * has left are spread evenly, so that their sums, and with them the limiters' balance over all
     * shards, are what they were.
     *
     * @param checkpoints of all shards that there were; they stay as they are
     * @param targets folders of the shards that there shall be, which must be missing or empty
     * @param settings of each target; its capacities must hold a shard's items
     * @throws ReplayException if the checkpoints aren't of one step (their owners' notes differ),
     *     or a target is too small or isn't empty
     */
    public static void reshard(
            List<Path> checkpoints, List<Path> targets, ReplaySettings settings) {
        List<Path> copies = new ArrayList<>();
        List<ReplayBuffer> sources = new ArrayList<>();
        List<ReplayBuffer> shards = new ArrayList<>();
        try {
            refuseUnlessEmpty(targets);
            for (int i = 0; i < checkpoints.size(); i++) {
                Path copy = targets.get(0).resolveSibling(".reshard-" + i);
                copies.add(copy);
                sources.add(ReplayBuffer.openCheckpoint(checkpoints.get(i), copy, settings));
            }
            for (Path target : targets) {
                shards.add(ReplayBuffer.open(target, settings));
            }
            reshard(sources, shards);
        } finally {
            sources.forEach(ReplayBuffer::close);
            shards.forEach(ReplayBuffer::close);
            copies.forEach(ReplayShards::delete);
        }
    }

    private static void refuseUnlessEmpty(List<Path> targets) {
        for (Path target : targets) {
            try {
                Snapshots.refuseUnlessEmpty(target);
            } catch (IOException e) {
                throw new ReplayException("folder %s can't be made: %s".formatted(target, e), e);
            }
        }
    }

    /** Fills empty buffers, which stay open as the sources do. */
    static void reshard(List<ReplayBuffer> sources, List<ReplayBuffer> shards) {
        SortedMap<String, ByteBuffer> notes = notes(sources);
        long version = sources.stream().mapToLong(ReplayBuffer::modelVersion).max().orElse(0);
        for (int shard = 0; shard < shards.size(); shard++) {
            ReplayBuffer target = shards.get(shard);
            for (TableSettings table : target.settings().tables()) {
                fill(target, table, sources, shard, shards.size());
            }
            try (ReplayUpdate update = target.begin()) {
                notes.forEach((name, bytes) -> update.note(name, bytes.array()));
                if (shards.size() > 1) {
                    update.note(SHARD, new Shard(shard, shards.size()).note());
                }
                update.modelVersion(version);
                for (TableSettings table : target.settings().tables()) {
                    update.count(table.name(), share(sources, table.name(), shard, shards.size()));
                }
                update.commitDurably();
            }
        }
    }

    /** Items in the order in which they came in; of one moment, by the number of their source. */
    private static void fill(
            ReplayBuffer target,
            TableSettings table,
            List<ReplayBuffer> sources,
            int shard,
            int shards) {
        List<Located> items = new ArrayList<>();
        for (ReplayBuffer source : sources) {
            source.forEachPlace(
                    table.name(),
                    place -> {
                        ItemRecord item = source.item(place);
                        if (of(item.key(), shards) == shard) {
                            items.add(new Located(source, place, item.insertedAt()));
                        }
                    });
        }
        if (items.size() > table.capacity()) {
            throw new ReplayException(
                    "shard %d would hold %,d items in table %s, whose capacity is %,d"
                            .formatted(shard, items.size(), table.name(), table.capacity()));
        }
        // Stable: the order of one source stays what it is.
        items.sort(Comparator.comparingLong(Located::insertedAt));
        for (int from = 0; from < items.size(); from += AT_ONCE) {
            try (ReplayUpdate update = target.begin()) {
                for (Located item : items.subList(from, Math.min(items.size(), from + AT_ONCE))) {
                    item.source().copy(item.place(), update);
                }
                update.commit();
            }
        }
    }

    private record Located(ReplayBuffer source, Place place, long insertedAt) {}

    /** The notes, which all shards have alike but for their number. */
    private static SortedMap<String, ByteBuffer> notes(List<ReplayBuffer> sources) {
        SortedMap<String, ByteBuffer> notes = notes(sources.get(0));
        for (int i = 1; i < sources.size(); i++) {
            SortedMap<String, ByteBuffer> other = notes(sources.get(i));
            if (!other.equals(notes)) {
                Set<String> names = new TreeSet<>(notes.keySet());
                names.addAll(other.keySet());
                names.removeIf(name -> Objects.equals(notes.get(name), other.get(name)));
                throw new ReplayException(
                        "replay shards 0 and %d aren't of one step: their notes %s differ"
                                .formatted(i, names));
            }
        }
        return notes;
    }

    private static SortedMap<String, ByteBuffer> notes(ReplayBuffer source) {
        SortedMap<String, ByteBuffer> notes = new TreeMap<>();
        source.forEachNote("", (name, bytes) -> notes.put(name, ByteBuffer.wrap(bytes)));
        notes.remove(SHARD);
        return notes;
    }

    /** A shard's part of all that was counted but the items themselves. */
    private static ReplayStats share(
            List<ReplayBuffer> sources, String table, int shard, int shards) {
        ToLongFunction<ToLongFunction<ReplayStats>> part =
                counter -> {
                    long sum =
                            sources.stream()
                                    .map(source -> source.stats(table))
                                    .mapToLong(counter)
                                    .sum();
                    return sum / shards + (shard < sum % shards ? 1 : 0);
                };
        return new ReplayStats(
                0,
                0,
                part.applyAsLong(ReplayStats::duplicates),
                part.applyAsLong(ReplayStats::sampled),
                part.applyAsLong(ReplayStats::removed),
                part.applyAsLong(ReplayStats::evicted),
                part.applyAsLong(ReplayStats::usedUp),
                part.applyAsLong(ReplayStats::stale),
                part.applyAsLong(ReplayStats::moved));
    }

    /** Deletes a folder with all that is in it, if it is there. */
    static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            Files.walkFileTree(
                    folder,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                                throws IOException {
                            Files.delete(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(Path dir, IOException e)
                                throws IOException {
                            Files.delete(dir);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new ReplayException("folder %s can't be deleted: %s".formatted(folder, e), e);
        }
    }
}
