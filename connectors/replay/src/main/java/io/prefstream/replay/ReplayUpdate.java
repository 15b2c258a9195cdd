package io.prefstream.replay;

import io.prefstream.replay.TableLayout.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatchWithIndex;
import org.rocksdb.WriteOptions;

/**
 * Changes of a {@link ReplayTable} that are written as one. Reads see the changes made before them.
 * Closed without {@link #commit}, it leaves the table as it was.
 */
public final class ReplayUpdate implements AutoCloseable {

    private final ReplayTable table;
    private final RocksDB db;
    private final ReplaySettings settings;
    private final TableCounters now;
    private final WriteBatchWithIndex batch = new WriteBatchWithIndex(true);
    private final ReadOptions read = new ReadOptions();

    /** What became of an insertion. */
    public enum Insertion {
        /** The item is in the table. */
        INSERTED,
        /** The table holds this key already and keeps what it has. */
        DUPLICATE
    }

    ReplayUpdate(ReplayTable table, RocksDB db, TableCounters committed) {
        this.table = table;
        this.db = db;
        this.settings = table.settings();
        this.now = committed.copy();
    }

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

    /**
     * Gives an item another value; its place, its age and its uses stay. Returns whether the table
     * holds it.
     */
    public boolean replace(String key, byte[] value) {
        if (find(TableLayout.item(key)) == null) {
            return false;
        }
        put(TableLayout.value(key), value);
        return true;
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

    /** The owner's note of this name, as of this update. */
    public Optional<byte[]> note(String name) {
        return Optional.ofNullable(find(TableLayout.note(name)));
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
            throw table.failed(e);
        }
        table.committed(now.copy());
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
        Item item = Item.of(table.must(find(TableLayout.item(key)), "item " + key)).drawn();
        byte[] value = table.must(find(TableLayout.value(key)), "value of " + key);
        now.sampled++;
        if (settings.maxTimesSampled() > 0 && item.timesSampled() >= settings.maxTimesSampled()) {
            takeOut(key);
            now.usedUp++;
        } else {
            put(TableLayout.item(key), item.bytes());
        }
        return new Sample(key, value, uniform ? 1.0 / size : 1.0, item.timesSampled(), size);
    }

    private String at(long slot) {
        return TableLayout.text(table.must(find(TableLayout.slot(slot)), "slot " + slot));
    }

    private String oldest() {
        try (RocksIterator base = db.newIterator(read);
                RocksIterator merged = batch.newIteratorWithBase(base)) {
            merged.seek(TableLayout.FIRST_SEQUENCE);
            if (!merged.isValid() || merged.key()[0] != 'f') {
                throw table.inconsistent(now.size + " items but none is oldest");
            }
            return TableLayout.text(merged.value());
        }
    }

    private void takeOut(String key) {
        Item item = Item.of(table.must(find(TableLayout.item(key)), "item " + key));
        long last = now.size - 1;
        if (item.slot() != last) {
            String moved = at(last);
            Item mover = Item.of(table.must(find(TableLayout.item(moved)), "item " + moved));
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
            throw table.failed(e);
        }
    }

    private void put(byte[] key, byte[] value) {
        try {
            batch.put(key, value);
        } catch (RocksDBException e) {
            throw table.failed(e);
        }
    }

    private void delete(byte[] key) {
        try {
            batch.delete(key);
        } catch (RocksDBException e) {
            throw table.failed(e);
        }
    }
}
