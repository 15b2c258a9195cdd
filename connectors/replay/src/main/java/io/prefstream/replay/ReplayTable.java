package io.prefstream.replay;

import io.prefstream.replay.TableLayout.Item;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatchWithIndex;
import org.rocksdb.WriteOptions;

/**
 * A replay table on RocksDB: keyed items, sampled uniformly or oldest first, with a capacity.
 *
 * <p>All changes happen in an {@link Update}, which is one atomic write: items, counters and the
 * owner's notes (log positions, for one) are always as of the same update, also after a crash. What
 * was committed is in RocksDB's write-ahead log; a crash of the process loses nothing, a crash of
 * the machine may lose the last updates as a whole unless {@code durably} is asked for.
 *
 * <p>Cost: insertion and removal are O(1) point reads and writes (removal swaps the last slot into
 * the gap), a sample is two point reads and one write of 24 bytes; FIFO adds a seek. {@link
 * #checkpoint} makes hard links: its cost doesn't depend on the table's size.
 *
 * <p>One thread at a time.
 */
public final class ReplayTable implements AutoCloseable {

    static {
        RocksDB.loadLibrary();
    }

    private final Path folder;
    private final ReplaySettings settings;
    private final Options options;
    private final RocksDB db;
    private Counters counters;

    private ReplayTable(Path folder, ReplaySettings settings, Options options, RocksDB db)
            throws RocksDBException {
        this.folder = folder;
        this.settings = settings;
        this.options = options;
        this.db = db;
        byte[] saved = db.get(TableLayout.COUNTERS);
        this.counters = saved == null ? new Counters() : Counters.of(saved, folder);
    }

    /**
     * Opens the table in a folder, which is created if missing. A table left by a crashed process
     * is recovered to its last committed update.
     *
     * @throws ReplayException if it can't be opened: it is open elsewhere, damaged, or not writable
     */
    public static ReplayTable open(Path folder, ReplaySettings settings) {
        Options options =
                new Options()
                        .setCreateIfMissing(true)
                        .setParanoidChecks(true)
                        .setWriteBufferSize(16L << 20)
                        .setKeepLogFileNum(2)
                        .setMaxOpenFiles(256);
        try {
            Files.createDirectories(folder);
            return new ReplayTable(
                    folder, settings, options, RocksDB.open(options, folder.toString()));
        } catch (IOException | RocksDBException e) {
            options.close();
            throw new ReplayException(
                    "replay table in %s can't be opened: %s".formatted(folder, e.getMessage()), e);
        }
    }

    /**
     * Opens a checkpoint as a new table in another folder. Files of the checkpoint that never
     * change are linked where the file system can, else copied; the checkpoint itself stays as it
     * is.
     *
     * @throws ReplayException if the folder isn't empty or the checkpoint can't be read
     */
    public static ReplayTable openCheckpoint(
            Path checkpoint, Path folder, ReplaySettings settings) {
        try {
            Files.createDirectories(folder);
            try (Stream<Path> present = Files.list(folder)) {
                if (present.findAny().isPresent()) {
                    throw new ReplayException(
                            "folder %s isn't empty: a table can't be restored into it"
                                    .formatted(folder));
                }
            }
            try (Stream<Path> files = Files.list(checkpoint)) {
                for (Path file : files.toList()) {
                    Path target = folder.resolve(file.getFileName());
                    if (file.toString().endsWith(".sst")) {
                        linkOrCopy(file, target);
                    } else {
                        Files.copy(file, target);
                    }
                }
            }
        } catch (IOException e) {
            throw new ReplayException(
                    "replay checkpoint %s can't be restored to %s: %s"
                            .formatted(checkpoint, folder, e),
                    e);
        }
        return open(folder, settings);
    }

    /** Begins a set of changes that is written as one. At most one at a time. */
    public Update begin() {
        return new Update();
    }

    /** Counters as of the last committed update. */
    public ReplayStats stats() {
        return counters.stats();
    }

    /** The settings it was opened with. */
    public ReplaySettings settings() {
        return settings;
    }

    /** Whether the table holds the key. */
    public boolean contains(String key) {
        return get(TableLayout.item(key)) != null;
    }

    /** The owner's note of this name, as of the last committed update. */
    public Optional<byte[]> note(String name) {
        return Optional.ofNullable(get(TableLayout.note(name)));
    }

    /** Visits all notes whose name begins with a prefix, in the order of their names. */
    public void forEachNote(String prefix, BiConsumer<String, byte[]> visitor) {
        byte[] first = TableLayout.note(prefix);
        try (RocksIterator notes = db.newIterator()) {
            for (notes.seek(first); notes.isValid(); notes.next()) {
                byte[] key = notes.key();
                String name = TableLayout.text(key).substring(1);
                if (key[0] != 'n' || !name.startsWith(prefix)) {
                    return;
                }
                visitor.accept(name, notes.value());
            }
        }
    }

    /** Visits every item, oldest first, until the visitor has seen {@code limit} of them. */
    public void forEach(long limit, BiConsumer<String, byte[]> visitor) {
        try (RocksIterator items = db.newIterator()) {
            long left = limit;
            for (items.seek(TableLayout.FIRST_SEQUENCE);
                    left > 0 && items.isValid() && items.key()[0] == 'f';
                    items.next(), left--) {
                String key = TableLayout.text(items.value());
                visitor.accept(key, must(get(TableLayout.value(key)), "value of " + key));
            }
        }
    }

    /**
     * Draws without leaving a trace: no counter, no times-sampled, no limiter. For forks that must
     * not disturb the table.
     */
    public List<Sample> peek(int count, RandomGenerator random) {
        try (Update update = begin()) {
            return update.sample(count, random);
        }
    }

    /**
     * Writes a consistent copy of the last committed update to a folder that must not exist.
     *
     * @throws ReplayException if it can't be written
     */
    public void checkpoint(Path target) {
        try (Checkpoint checkpoint = Checkpoint.create(db)) {
            checkpoint.createCheckpoint(target.toString());
        } catch (RocksDBException e) {
            throw new ReplayException(
                    "replay checkpoint can't be written to %s: %s"
                            .formatted(target, e.getMessage()),
                    e);
        }
    }

    @Override
    public void close() {
        db.close();
        options.close();
    }

    private byte @Nullable [] get(byte[] key) {
        try {
            return db.get(key);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    private byte[] must(byte @Nullable [] found, String what) {
        if (found == null) {
            throw new ReplayException(
                    "replay table in %s is inconsistent: no %s".formatted(folder, what));
        }
        return found;
    }

    private ReplayException failed(RocksDBException e) {
        return new ReplayException(
                "replay table in %s failed: %s".formatted(folder, e.getMessage()), e);
    }

    private static void linkOrCopy(Path file, Path target) throws IOException {
        try {
            Files.createLink(target, file);
        } catch (UnsupportedOperationException | IOException e) {
            Files.copy(file, target);
        }
    }

    /** What became of an insertion. */
    public enum Insertion {
        /** The item is in the table. */
        INSERTED,
        /** The table holds this key already and keeps what it has. */
        DUPLICATE
    }

    /**
     * Changes that are written as one. Reads see the changes made before them. Closed without
     * {@link #commit}, it leaves the table as it was.
     */
    public final class Update implements AutoCloseable {

        private final WriteBatchWithIndex batch = new WriteBatchWithIndex(true);
        private final ReadOptions read = new ReadOptions();
        private final Counters now = counters.copy();

        private Update() {}

        /** Counters with the changes of this update. */
        public ReplayStats stats() {
            return now.stats();
        }

        /**
         * Inserts an item; at capacity the oldest leaves for it. A key that left the table may come
         * back and counts as new then.
         */
        public Insertion insert(String key, byte[] value) {
            if (find(TableLayout.item(key)) != null) {
                now.duplicates++;
                return Insertion.DUPLICATE;
            }
            while (now.size >= settings.capacity()) {
                takeOut(oldest());
                now.evicted++;
            }
            Item item = new Item(now.size, now.nextSequence, 0);
            put(TableLayout.item(key), item.bytes());
            put(TableLayout.value(key), value);
            put(TableLayout.slot(item.slot()), TableLayout.text(key));
            put(TableLayout.sequence(item.sequence()), TableLayout.text(key));
            now.nextSequence++;
            now.size++;
            now.inserted++;
            return Insertion.INSERTED;
        }

        /** Takes an item out. Returns whether the table held it. */
        public boolean remove(String key) {
            if (find(TableLayout.item(key)) == null) {
                return false;
            }
            takeOut(key);
            now.removed++;
            return true;
        }

        /**
         * Draws items by the table's sampler; uniform draws are with replacement.
         *
         * @throws IllegalStateException if the table becomes empty before the last draw
         */
        public List<Sample> sample(int count, RandomGenerator random) {
            List<Sample> samples = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                if (now.size == 0) {
                    throw new IllegalStateException(
                            "%d samples asked of a replay table that held %d items"
                                    .formatted(count, i));
                }
                samples.add(draw(random));
            }
            return samples;
        }

        /** Keeps a note of the owner with this update, such as a log position. */
        public void note(String name, byte[] value) {
            put(TableLayout.note(name), value);
        }

        /** Writes the changes as one; a crash of the process can't undo them. */
        public void commit() {
            commit(false);
        }

        /** Like {@link #commit}, and waits until the disk has them. */
        public void commitDurably() {
            commit(true);
        }

        private void commit(boolean sync) {
            put(TableLayout.COUNTERS, now.bytes());
            try (WriteOptions write = new WriteOptions().setSync(sync)) {
                db.write(write, batch);
            } catch (RocksDBException e) {
                throw failed(e);
            }
            counters = now.copy();
            batch.clear();
        }

        @Override
        public void close() {
            read.close();
            batch.close();
        }

        private Sample draw(RandomGenerator random) {
            boolean uniform = settings.sampler() == Sampler.UNIFORM;
            long size = now.size;
            String key = uniform ? at(random.nextLong(size)) : oldest();
            Item item = Item.of(must(find(TableLayout.item(key)), "item " + key)).drawn();
            byte[] value = must(find(TableLayout.value(key)), "value of " + key);
            now.sampled++;
            if (settings.maxTimesSampled() > 0
                    && item.timesSampled() >= settings.maxTimesSampled()) {
                takeOut(key);
                now.usedUp++;
            } else {
                put(TableLayout.item(key), item.bytes());
            }
            return new Sample(key, value, uniform ? 1.0 / size : 1.0, item.timesSampled(), size);
        }

        private String at(long slot) {
            return TableLayout.text(must(find(TableLayout.slot(slot)), "slot " + slot));
        }

        private String oldest() {
            try (RocksIterator base = db.newIterator(read);
                    RocksIterator merged = batch.newIteratorWithBase(base)) {
                merged.seek(TableLayout.FIRST_SEQUENCE);
                if (!merged.isValid() || merged.key()[0] != 'f') {
                    throw new ReplayException(
                            "replay table in %s is inconsistent: %d items but none is oldest"
                                    .formatted(folder, now.size));
                }
                return TableLayout.text(merged.value());
            }
        }

        private void takeOut(String key) {
            Item item = Item.of(must(find(TableLayout.item(key)), "item " + key));
            long last = now.size - 1;
            if (item.slot() != last) {
                String moved = at(last);
                Item mover = Item.of(must(find(TableLayout.item(moved)), "item " + moved));
                put(TableLayout.item(moved), mover.movedTo(item.slot()).bytes());
                put(TableLayout.slot(item.slot()), TableLayout.text(moved));
            }
            delete(TableLayout.slot(last));
            delete(TableLayout.item(key));
            delete(TableLayout.value(key));
            delete(TableLayout.sequence(item.sequence()));
            now.size--;
        }

        private byte @Nullable [] find(byte[] key) {
            try {
                return batch.getFromBatchAndDB(db, read, key);
            } catch (RocksDBException e) {
                throw failed(e);
            }
        }

        private void put(byte[] key, byte[] value) {
            try {
                batch.put(key, value);
            } catch (RocksDBException e) {
                throw failed(e);
            }
        }

        private void delete(byte[] key) {
            try {
                batch.delete(key);
            } catch (RocksDBException e) {
                throw failed(e);
            }
        }
    }

    /** The counters of an update in progress; saved with every update. */
    private static final class Counters {
        private long size;
        private long inserted;
        private long duplicates;
        private long sampled;
        private long removed;
        private long evicted;
        private long usedUp;
        private long nextSequence;

        static Counters of(byte[] bytes, Path folder) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            long version = buffer.getLong();
            if (version != TableLayout.VERSION) {
                throw new ReplayException(
                        "replay table in %s has layout %d, this program reads layout %d"
                                .formatted(folder, version, TableLayout.VERSION));
            }
            Counters counters = new Counters();
            counters.size = buffer.getLong();
            counters.inserted = buffer.getLong();
            counters.duplicates = buffer.getLong();
            counters.sampled = buffer.getLong();
            counters.removed = buffer.getLong();
            counters.evicted = buffer.getLong();
            counters.usedUp = buffer.getLong();
            counters.nextSequence = buffer.getLong();
            return counters;
        }

        byte[] bytes() {
            return TableLayout.longs(
                    TableLayout.VERSION,
                    size,
                    inserted,
                    duplicates,
                    sampled,
                    removed,
                    evicted,
                    usedUp,
                    nextSequence);
        }

        Counters copy() {
            return of(bytes(), Path.of(""));
        }

        ReplayStats stats() {
            return new ReplayStats(size, inserted, duplicates, sampled, removed, evicted, usedUp);
        }
    }
}
