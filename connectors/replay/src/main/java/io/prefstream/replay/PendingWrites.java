package io.prefstream.replay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * What an update will write, and the store as it will be then: reads see the writes before them.
 */
final class PendingWrites implements AutoCloseable {

    private final Store store;
    private final WriteBatch batch = new WriteBatch();

    /** Items that were stored, under consecutive numbers. */
    private final List<ItemRecord> newItems = new ArrayList<>();

    /** Their values, with their keys before them. */
    private final List<byte[]> newValues = new ArrayList<>();

    /** The number of the first of them. */
    private long firstNew;

    /** Numbers of items that have left. */
    private final List<Long> gone = new ArrayList<>();

    /** Numbers of items that are deleted themselves. */
    private final NavigableSet<Long> erased = new TreeSet<>();

    /** Items that were handed on: the number of each, its table, its sequence number there. */
    private final List<Long> handedOn = new ArrayList<>();

    /** Notes that were put, by name. */
    private final Map<String, byte[]> newNotes = new HashMap<>();

    /** Names of notes that were deleted. */
    private final Set<String> deletedNotes = new HashSet<>();

    PendingWrites(Store store) {
        this.store = store;
    }

    /** The key of a number's item. */
    String key(long number) {
        return TableLayout.keyOf(values(List.of(number)).get(0));
    }

    /** Values with their keys before them, by their numbers. */
    List<byte[]> values(List<Long> numbers) {
        List<Long> stored = numbers.stream().filter(number -> !isNew(number)).toList();
        Iterator<byte[]> read = store.values(stored).iterator();
        return numbers.stream()
                .map(
                        number ->
                                isNew(number)
                                        ? newValues.get((int) (number - firstNew))
                                        : read.next())
                .toList();
    }

    private boolean isNew(long number) {
        return number >= firstNew && number - firstNew < newItems.size();
    }

    /**
     * Stores an item and its value, with its key before it, under a new number: the one behind that
     * of the item stored before.
     */
    void store(long number, ItemRecord item, byte[] keyAndBytes) {
        if (newItems.isEmpty()) {
            firstNew = number;
        }
        newItems.add(item);
        newValues.add(keyAndBytes);
        store.putValue(batch, number, keyAndBytes);
    }

    /** Writes that an item is in another table now. */
    void putHandedOn(Place place) {
        handedOn.add(place.number());
        handedOn.add((long) place.table().number());
        handedOn.add(place.sequence());
    }

    /** Writes where an item is now, how often it was drawn, its priority. */
    void putWhereabouts(Place place) {
        put(TableLayout.where(place.number()), place.whereabouts().bytes());
    }

    /** Writes that an item has left; its bytes go with their files. */
    void putGone(long number) {
        gone.add(number);
    }

    /** Deletes an item and its bytes themselves. */
    void erase(long number) {
        erased.add(number);
        store.eraseValue(batch, number);
        delete(TableLayout.where(number));
    }

    /** Deletes what is left over of the whereabouts of all items below a number. */
    void deleteLeftOverBelow(long number) {
        try {
            batch.deleteRange(TableLayout.WHERE, TableLayout.where(number));
            batch.deleteRange(TableLayout.GONE, TableLayout.gone(number, 0));
            batch.deleteRange(TableLayout.HANDED_ON, TableLayout.handedOn(number, 0));
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
     * Writes all of it as one, and begins anew. Returns how many bytes that were.
     *
     * @param next number above all
     */
    long write(boolean sync, long next) {
        if (!gone.isEmpty()) {
            put(TableLayout.gone(next, gone.get(0)), TableLayout.longs(gone));
        }
        if (!handedOn.isEmpty()) {
            put(TableLayout.handedOn(next, handedOn.get(2)), TableLayout.longs(handedOn));
        }
        store.items().put(batch, firstNew, newItems, erased);
        store.items().erase(batch, newItems.isEmpty() ? erased : erased.headSet(firstNew));
        store.write(batch, sync);
        long bytes = batch.getDataSize();
        batch.clear();
        gone.clear();
        handedOn.clear();
        erased.clear();
        newItems.clear();
        newValues.clear();
        newNotes.clear();
        deletedNotes.clear();
        return bytes;
    }

    @Override
    public void close() {
        batch.close();
    }
}
