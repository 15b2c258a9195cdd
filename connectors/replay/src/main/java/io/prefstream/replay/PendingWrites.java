package io.prefstream.replay;

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

    /** Items that were put, by sequence number. */
    private final Map<Long, ItemRecord> newItems = new HashMap<>();

    /** Values that were put, by number. */
    private final Map<Long, byte[]> newValues = new HashMap<>();

    /** Notes that were put, by name. */
    private final Map<String, byte[]> newNotes = new HashMap<>();

    /** Names of notes that were deleted. */
    private final Set<String> deletedNotes = new HashSet<>();

    PendingWrites(Store store) {
        this.store = store;
    }

    /** An item that is in a table. */
    ItemRecord item(int table, long sequence) {
        ItemRecord fresh = newItems.get(sequence);
        return fresh == null
                ? ItemRecord.of(store.must(TableLayout.item(table, sequence), "item " + sequence))
                : fresh;
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

    void putItem(int table, long sequence, ItemRecord item) {
        put(TableLayout.item(table, sequence), item.bytes());
        newItems.put(sequence, item);
    }

    /** Deletes an item, but not its value. */
    void deleteItem(int table, long sequence) {
        newItems.remove(sequence);
        delete(TableLayout.item(table, sequence));
        delete(TableLayout.drawn(table, sequence));
    }

    /** Deletes what is left over of all items before one. */
    void deleteItemsBelow(int table, long first) {
        try {
            batch.deleteRange(TableLayout.itemsOf(table), TableLayout.item(table, first));
            batch.deleteRange(TableLayout.drawnOf(table), TableLayout.drawn(table, first));
        } catch (RocksDBException e) {
            throw store.failed(e);
        }
    }

    /** Writes what a draw or a new priority changed of an item. */
    void putDrawn(Place place) {
        Lane lane = place.lane();
        put(
                TableLayout.drawn(place.table().number(), place.sequence()),
                TableLayout.drawnValue(
                        lane.timesSampled(place.slot()), lane.priority(place.slot())));
    }

    void putValue(long number, byte[] value) {
        store.putValue(batch, number, value);
        newValues.put(number, value);
    }

    void deleteValue(long number) {
        store.deleteValue(batch, number);
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

    /** Writes all of it as one ({@link Store#write}), and begins anew. */
    void write(boolean sync, long firstValue) {
        store.write(batch, sync, firstValue);
        batch.clear();
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
