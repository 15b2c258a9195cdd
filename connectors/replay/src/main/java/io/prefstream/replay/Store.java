package io.prefstream.replay;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.LogFile;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksObject;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The buffer's RocksDB: two column families, their options, and errors that name the folder.
 *
 * <p>Any thread; a snapshot and the closing wait for each other.
 */
final class Store implements AutoCloseable {

    private static final long CACHE_BYTES = 64L << 20;
    private static final long WRITE_BUFFER_BYTES = 32L << 20;
    private static final long LOG_BYTES = 256L << 20;
    private static final int OPEN_FILES = 256;

    static {
        RocksDB.loadLibrary();
    }

    private final Path folder;
    private final RocksDB db;
    private final ColumnFamilyHandle meta;
    private final ColumnFamilyHandle values;
    private final List<RocksObject> owned;
    private final Object snapshots = new Object();

    private Store(
            Path folder, RocksDB db, List<ColumnFamilyHandle> handles, List<RocksObject> owned) {
        this.folder = folder;
        this.db = db;
        this.meta = handles.get(0);
        this.values = handles.get(1);
        this.owned = owned;
    }

    /**
     * Opens or creates.
     *
     * @throws ReplayException if it can't be opened: it is open elsewhere, damaged, or not writable
     */
    static Store open(Path folder) {
        Cache cache = new LRUCache(CACHE_BYTES);
        BloomFilter filter = new BloomFilter(10, false);
        ColumnFamilyOptions families =
                new ColumnFamilyOptions()
                        .setWriteBufferSize(WRITE_BUFFER_BYTES)
                        .setTableFormatConfig(
                                new BlockBasedTableConfig()
                                        .setBlockCache(cache)
                                        .setFilterPolicy(filter));
        DBOptions options =
                new DBOptions()
                        .setCreateIfMissing(true)
                        .setCreateMissingColumnFamilies(true)
                        .setParanoidChecks(true)
                        .setMaxTotalWalSize(LOG_BYTES)
                        .setKeepLogFileNum(2)
                        .setMaxOpenFiles(OPEN_FILES);
        List<RocksObject> owned = List.of(options, families, filter, cache);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        List<ColumnFamilyDescriptor> descriptors =
                List.of(
                        new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, families),
                        new ColumnFamilyDescriptor(
                                TableLayout.VALUES.getBytes(StandardCharsets.UTF_8), families));
        try {
            Files.createDirectories(folder);
            RocksDB db = RocksDB.open(options, folder.toString(), descriptors, handles);
            return new Store(folder, db, handles, owned);
        } catch (IOException | RocksDBException e) {
            owned.forEach(RocksObject::close);
            throw new ReplayException(
                    "replay table in %s can't be opened: %s".formatted(folder, e.getMessage()), e);
        }
    }

    /**
     * Lays a snapshot into another folder. Files that never change are linked where the file system
     * can, else copied; the snapshot stays as it is.
     *
     * @throws ReplayException if the folder isn't empty or the snapshot can't be read
     */
    static void layOut(Path checkpoint, Path folder) {
        try {
            refuseUnlessEmpty(folder);
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
    }

    /** Refuses a folder that holds something; makes it if it is missing. */
    static void refuseUnlessEmpty(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> present = Files.list(folder)) {
            if (present.findAny().isPresent()) {
                throw new ReplayException(
                        "folder %s isn't empty: a table can't be restored into it"
                                .formatted(folder));
            }
        }
    }

    private static void linkOrCopy(Path file, Path target) throws IOException {
        try {
            Files.createLink(target, file);
        } catch (UnsupportedOperationException | IOException e) {
            Files.copy(file, target);
        }
    }

    byte @Nullable [] get(byte[] key) {
        try {
            return db.get(key);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    /** What is there under a key that must be there. */
    byte[] must(byte[] key, String what) {
        return present(get(key), what);
    }

    byte[] value(long number) {
        try {
            return present(db.get(values, TableLayout.longs(number)), "value " + number);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    /** Values by their numbers, in one read. */
    List<byte[]> values(List<Long> numbers) {
        List<byte[]> keys = numbers.stream().map(TableLayout::longs).toList();
        try {
            List<byte[]> found = db.multiGetAsList(Collections.nCopies(keys.size(), values), keys);
            for (int i = 0; i < found.size(); i++) {
                present(found.get(i), "value " + numbers.get(i));
            }
            return found;
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    /** Visits all notes whose name begins with a prefix, in the order of their names. */
    void forEachNote(String prefix, BiConsumer<String, byte[]> visitor) {
        byte[] first = TableLayout.note(prefix);
        try (RocksIterator notes = iterator()) {
            for (notes.seek(first);
                    notes.isValid() && TableLayout.startsWith(notes.key(), first);
                    notes.next()) {
                visitor.accept(TableLayout.text(notes.key()).substring(1), notes.value());
            }
            checked(notes);
        }
    }

    /** All keys and notes but no values, as of now. */
    RocksIterator iterator() {
        return db.newIterator(meta);
    }

    /** Ends an iteration. */
    void checked(RocksIterator iterator) {
        try {
            iterator.status();
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    void putValue(WriteBatch batch, long number, byte[] value) {
        try {
            batch.put(values, TableLayout.longs(number), value);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    void deleteValue(WriteBatch batch, long number) {
        try {
            batch.delete(values, TableLayout.longs(number));
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    /** Writes a batch as one. */
    void write(WriteBatch batch, boolean sync) {
        try (WriteOptions write = new WriteOptions().setSync(sync)) {
            db.write(write, batch);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    /**
     * Writes a consistent copy of what was written to a folder that must not exist. Reads and
     * writes go on meanwhile; nothing is flushed for it, as RocksDB's own checkpoints do, which
     * costs draws their share of the disk and writes their memory. Files that don't change any more
     * are linked, the log that is being written (about a write buffer long) is copied as far as it
     * was: opened, the copy reads it again. In the order of {@code CheckpointImpl}: the logs are
     * listed behind the tables, so that what moves from one to the other is in both.
     */
    void checkpoint(Path target) {
        synchronized (snapshots) {
            try {
                Files.createDirectories(target.toAbsolutePath().getParent());
                Files.createDirectory(target);
                db.disableFileDeletions();
                try {
                    snapshot(target);
                } finally {
                    db.enableFileDeletions(false);
                }
            } catch (IOException | RocksDBException e) {
                throw new ReplayException(
                        "replay checkpoint can't be written to %s: %s"
                                .formatted(target, e.getMessage()),
                        e);
            }
        }
    }

    private void snapshot(Path target) throws IOException, RocksDBException {
        RocksDB.LiveFiles live = db.getLiveFiles(false);
        List<LogFile> logs = db.getSortedWalFiles();
        for (String listed : live.files) {
            String name = listed.substring(listed.lastIndexOf('/') + 1);
            Path file = folder.resolve(name);
            if (name.endsWith(".sst")) {
                linkOrCopy(file, target.resolve(name));
            } else if (name.startsWith("MANIFEST-")) {
                copy(file, target.resolve(name), live.manifestFileSize);
                Files.writeString(target.resolve("CURRENT"), name + "\n");
            } else if (!name.equals("CURRENT")) {
                copy(file, target.resolve(name), Files.size(file));
            }
        }
        for (int i = 0; i < logs.size(); i++) {
            LogFile log = logs.get(i);
            String name = log.pathName().substring(log.pathName().lastIndexOf('/') + 1);
            Path file = folder.resolve(name);
            if (i + 1 < logs.size()) {
                linkOrCopy(file, target.resolve(name));
            } else {
                copy(file, target.resolve(name), log.sizeFileBytes());
            }
        }
    }

    private static void copy(Path file, Path target, long bytes) throws IOException {
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel to =
                        FileChannel.open(
                                target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long done = 0;
            while (done < bytes) {
                long some = from.transferTo(done, bytes - done, to);
                if (some == 0) {
                    throw new IOException(
                            "%s ends at %,d of %,d bytes".formatted(file, done, bytes));
                }
                done += some;
            }
            to.force(true);
        }
    }

    @Override
    public void close() {
        synchronized (snapshots) {
            meta.close();
            values.close();
            db.close();
            owned.forEach(RocksObject::close);
        }
    }

    ReplayException inconsistent(String what) {
        return new ReplayException(
                "replay table in %s is inconsistent: %s".formatted(folder, what));
    }

    ReplayException failed(RocksDBException e) {
        return new ReplayException(
                "replay table in %s failed: %s".formatted(folder, e.getMessage()), e);
    }

    Path folder() {
        return folder;
    }

    private byte[] present(byte @Nullable [] found, String what) {
        if (found == null) {
            throw inconsistent("no " + what);
        }
        return found;
    }
}
