package io.prefstream.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * A replay table on RocksDB: keyed items, sampled uniformly or oldest first, with a capacity.
 *
 * <p>All changes happen in an {@link ReplayUpdate}, which is one atomic write: items, counters and
 * the owner's notes (log positions, for one) are always as of the same update, also after a crash.
 * What was committed is in RocksDB's write-ahead log; a crash of the process loses nothing, a crash
 * of the machine may lose the last updates as a whole unless {@code durably} is asked for.
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
    private TableCounters counters;

    private ReplayTable(Path folder, ReplaySettings settings, Options options, RocksDB db)
            throws RocksDBException {
        this.folder = folder;
        this.settings = settings;
        this.options = options;
        this.db = db;
        byte[] saved = db.get(TableLayout.COUNTERS);
        this.counters = saved == null ? new TableCounters() : TableCounters.of(saved, folder);
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
    public ReplayUpdate begin() {
        return new ReplayUpdate(this, db, counters);
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
        try (ReplayUpdate update = begin()) {
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

    /** Called by an update once its changes are written. */
    void committed(TableCounters now) {
        counters = now;
    }

    byte[] must(byte @Nullable [] found, String what) {
        if (found == null) {
            throw inconsistent("no " + what);
        }
        return found;
    }

    ReplayException inconsistent(String what) {
        return new ReplayException(
                "replay table in %s is inconsistent: %s".formatted(folder, what));
    }

    ReplayException failed(RocksDBException e) {
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
}
