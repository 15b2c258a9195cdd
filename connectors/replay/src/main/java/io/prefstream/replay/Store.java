package io.prefstream.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ChecksumType;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksObject;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The buffer's RocksDB: three column families, their options, and errors that name the folder.
 *
 * <p>Any thread; a snapshot and the closing wait for each other.
 */
final class Store implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Store.class);
    private static final long CACHE_BYTES = 64L << 20;
    private static final long WRITE_BUFFER_BYTES = 32L << 20;
    private static final int WRITE_BUFFERS = 4;
    private static final long LOG_BYTES = 256L << 20;

    /** Properties that are above 0 while RocksDB flushes or merges, or is about to. */
    private static final List<String> BACKGROUND_WORK =
            List.of(
                    "rocksdb.mem-table-flush-pending",
                    "rocksdb.num-running-flushes",
                    "rocksdb.compaction-pending",
                    "rocksdb.num-running-compactions");

    static {
        RocksDB.loadLibrary();
    }

    private final Path folder;
    private final RocksDB db;
    private final ColumnFamilyHandle meta;
    private final ColumnFamilyHandle items;
    private final ColumnFamilyHandle values;
    private final ItemEntries entries;
    private final DeadValues dead;
    private final List<RocksObject> owned;
    private final Object snapshots = new Object();
    private boolean closed;

    private Store(
            Path folder, RocksDB db, List<ColumnFamilyHandle> handles, List<RocksObject> owned) {
        this.folder = folder;
        this.db = db;
        this.meta = handles.get(0);
        this.items = handles.get(1);
        this.values = handles.get(2);
        this.entries = new ItemEntries(this, db, items);
        this.dead = new DeadValues(db, List.of(items, values));
        this.owned = owned;
    }

    /**
     * Opens or creates.
     *
     * @throws ReplayException if it can't be opened: it is open elsewhere, damaged, or not writable
     */
    static Store open(Path folder) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new ReplayException(
                    "replay table in %s can't be opened: it is no folder".formatted(folder));
        }
        Cache cache = new LRUCache(CACHE_BYTES);
        BloomFilter filter = new BloomFilter(10, false);
        BlockBasedTableConfig blocks =
                new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setFilterPolicy(filter)
                        .setChecksumType(ChecksumType.kXXH3);
        ColumnFamilyOptions families =
                new ColumnFamilyOptions()
                        .setWriteBufferSize(WRITE_BUFFER_BYTES)
                        .setMaxWriteBufferNumber(WRITE_BUFFERS)
                        .setTableFormatConfig(blocks);
        DBOptions options =
                new DBOptions()
                        .setCreateIfMissing(true)
                        .setCreateMissingColumnFamilies(true)
                        .setParanoidChecks(true)
                        .setMaxTotalWalSize(LOG_BYTES)
                        .setKeepLogFileNum(2);
        List<RocksObject> owned = List.of(options, families, filter, cache);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        List<ColumnFamilyDescriptor> descriptors =
                List.of(
                        new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, families),
                        new ColumnFamilyDescriptor(TableLayout.text(TableLayout.ITEMS), families),
                        new ColumnFamilyDescriptor(TableLayout.text(TableLayout.VALUES), families));
        try {
            Files.createDirectories(folder);
            RocksDB db = RocksDB.open(options, folder.toString(), descriptors, handles);
            return new Store(folder, db, handles, owned);
        } catch (IOException | RocksDBException e) {
            owned.forEach(RocksObject::close);
            String locked = ("" + e.getMessage()).contains("/LOCK") ? "it is open already: " : "";
            throw new ReplayException(
                    "replay table in %s can't be opened: %s%s"
                            .formatted(folder, locked, e.getMessage()),
                    e);
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
        return values(List.of(number)).get(0);
    }

    /** Values by their numbers, in one read. */
    List<byte[]> values(List<Long> numbers) {
        if (numbers.isEmpty()) {
            return List.of();
        }
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
        forEach(
                TableLayout.note(prefix),
                (key, note) -> visitor.accept(TableLayout.text(key).substring(1), note));
    }

    /** Visits what lies under the keys that begin so, items and values aside, in their order. */
    void forEach(byte[] prefix, BiConsumer<byte[], byte[]> visitor) {
        try (RocksIterator entries = iterator()) {
            for (entries.seek(prefix);
                    entries.isValid() && TableLayout.startsWith(entries.key(), prefix);
                    entries.next()) {
                visitor.accept(entries.key(), entries.value());
            }
            checked(entries);
        }
    }

    /** All that is neither an item nor a value, as of now. */
    RocksIterator iterator() {
        return db.newIterator(meta);
    }

    /** Items as they were stored. */
    ItemEntries items() {
        return entries;
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

    /** Deletes a value as soon as RocksDB gets to it, whoever needs its file. */
    void eraseValue(WriteBatch batch, long number) {
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
     * Lets go of what is needed no more since a write. What can't be done is tried again with a
     * later one: the write itself stands.
     *
     * @param bytes that were written
     * @param synced whether they are sure to be on the disk
     * @param first number below which no value is needed
     */
    void wrote(long bytes, boolean synced, long first) {
        try {
            dead.wrote(bytes, first, synced);
        } catch (RocksDBException e) {
            LOG.warn(
                    "files of replay table {} that aren't needed any more can't be deleted: {}",
                    folder,
                    e.getMessage());
        }
    }

    /** Deletes the files of items and values that are all below a number. */
    void deleteFilesBelow(long number) {
        try {
            dead.delete(number);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    /** Whether nothing of what was written is left to flush or to merge. */
    boolean settled() {
        try {
            return settled(db);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    static boolean settled(RocksDB db) throws RocksDBException {
        for (String work : BACKGROUND_WORK) {
            if (db.getAggregatedLongProperty(work) > 0) {
                return false;
            }
        }
        return true;
    }

    /** Writes a consistent copy of what was written ({@link Snapshots#write}). */
    void checkpoint(Path target) {
        synchronized (snapshots) {
            if (closed) {
                throw new IllegalStateException("the replay buffer is closed");
            }
            Snapshots.write(db, folder, target);
        }
    }

    @Override
    public void close() {
        synchronized (snapshots) {
            closed = true;
            meta.close();
            items.close();
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
