package io.prefstream.replay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * What an update will write, and the store as it will be then: reads see the writes before them.
 */
final class PendingWrites implements AutoCloseable {

    private final Store store;
    private final WriteBatch batch = new WriteBatch();

    /** Items that were put, by their values' numbers. */
    private final Map<Long, ItemRecord> newItems = new HashMap<>();

    /** Values that were put, by number. */
    private final Map<Long, byte[]> newValues = new HashMap<>();

    /** Numbers of values whose items have left. */
    private final List<Long> gone = new ArrayList<>();

    /** Notes that were put, by name. */
    private final Map<String, byte[]> newNotes = new HashMap<>();

    /** Names of notes that were deleted. */
    private final Set<String> deletedNotes = new HashSet<>();

    PendingWrites(Store store) {
        this.store = store;
    }

    /** The item of a value's number, as it was stored. */
    ItemRecord item(long number) {
        ItemRecord fresh = newItems.get(number);
        return fresh == null ? store.item(number) : fresh;
    }

    /** Values by their numbers. */
    List<byte[]> values(List<Long> numbers) {
        if (newValues.isEmpty()) {
            return store.values(numbers);
        }
        return numbers.stream()
                .map(
                        number -> {
                            byte[] fresh = newValues.get(number);
                            return fresh == null ? store.value(number) : fresh;
                        })
                .toList();
    }

    /** Stores an item and its value, with its key before it, under a new number. */
    void store(long number, ItemRecord item, byte[] keyAndBytes) {
        store.putItem(batch, number, item);
        store.putValue(batch, number, keyAndBytes);
        newItems.put(number, item);
        newValues.put(number, keyAndBytes);
    }

    /** Writes where an item is now, how often it was drawn, its priority. */
    void putWhereabouts(long number, Whereabouts where) {
        put(TableLayout.where(number), where.bytes());
    }

    /** Writes that an item has left; its bytes go with their files. */
    void putGone(long number) {
        gone.add(number);
    }

    /** Deletes an item and its bytes themselves. */
    void erase(long number) {
        store.erase(batch, number);
        delete(TableLayout.where(number));
    }

    /** Deletes what is left over of the whereabouts of all items below a number. */
    void deleteWhereaboutsBelow(long number) {
        try {
            batch.deleteRange(TableLayout.WHERE, TableLayout.where(number));
            batch.deleteRange(TableLayout.GONE, TableLayout.gone(number, 0));
        } catch (RocksDBException e) {
            throw store.failed(e);
        }
    }

    void putNote(String name, byte[] value) {
        put(TableLayout.note(name), value);
        newNotes.put(name, value);
        deletedNotes.remove(name);
    }

    void deleteNote(String name) {
        delete(TableLayout.note(name));
        newNotes.remove(name);
        deletedNotes.add(name);
    }

    byte @Nullable [] note(String name) {
        if (deletedNotes.contains(name)) {
            return null;
        }
        byte[] fresh = newNotes.get(name);
        return fresh == null ? store.get(TableLayout.note(name)) : fresh;
    }

    void put(byte[] key, byte[] value) {
        try {
            batch.put(key, value);
        } catch (RocksDBException e) {
            throw store.failed(e);
        }
    }

    private void delete(byte[] key) {
        try {
            batch.delete(key);
        } catch (RocksDBException e) {
            throw store.failed(e);
        }
    }

    /**
     * Writes all of it as one ({@link Store#write}), and begins anew.
     *
     * @param first number below which no value is needed any more
     * @param next number above all
     */
    void write(boolean sync, long first, long next) {
        if (!gone.isEmpty()) {
            put(
                    TableLayout.gone(next, gone.get(0)),
                    TableLayout.longs(gone.stream().mapToLong(Long::longValue).toArray()));
        }
        store.write(batch, sync, first);
        batch.clear();
        gone.clear();
        newItems.clear();
        newValues.clear();
        newNotes.clear();
        deletedNotes.clear();
    }

    @Override
    public void close() {
        batch.close();
    }
}
