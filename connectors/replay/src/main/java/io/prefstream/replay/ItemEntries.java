package io.prefstream.replay;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.ObjLongConsumer;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * A store's items without their values, those of one update in one entry, so that an item costs no
 * write of its own beside its value's.
 */
final class ItemEntries {

    private final Store store;
    private final RocksDB db;
    private final ColumnFamilyHandle family;

    ItemEntries(Store store, RocksDB db, ColumnFamilyHandle family) {
        this.store = store;
        this.db = db;
        this.family = family;
    }

    /**
     * Visits the items that were stored under a number and those above, as they were stored, in the
     * order of their numbers; also what is left over of those that left.
     */
    void forEach(long from, ObjLongConsumer<ItemRecord> visitor) {
        try (RocksIterator entries = db.newIterator(family)) {
            for (entries.seek(TableLayout.longs(from)); entries.isValid(); entries.next()) {
                List<ItemRecord> records = ItemRecord.list(entries.value());
                long number = TableLayout.numberOf(entries.key()) - records.size();
                for (ItemRecord record : records) {
                    number++;
                    if (number >= from) {
                        visitor.accept(record, number);
                    }
                }
            }
            store.checked(entries);
        }
    }

    /**
     * Stores items under consecutive numbers.
     *
     * @param first number of the first of them
     * @param without numbers of those that aren't stored
     */
    void put(WriteBatch batch, long first, List<ItemRecord> records, Set<Long> without) {
        int from = 0;
        for (int i = 0; i <= records.size(); i++) {
            if (i == records.size() || without.contains(first + i)) {
                if (i > from) {
                    put(batch, first + i - 1, records.subList(from, i));
                }
                from = i + 1;
            }
        }
    }

    private void put(WriteBatch batch, long last, List<ItemRecord> records) {
        try {
            batch.put(family, TableLayout.longs(last), ItemRecord.bytes(records));
        } catch (RocksDBException e) {
            throw store.failed(e);
        }
    }

    /**
     * Deletes items that were stored as soon as RocksDB gets to it; those beside them are written
     * again.
     */
    void erase(WriteBatch batch, SortedSet<Long> numbers) {
        if (numbers.isEmpty()) {
            return;
        }
        try (RocksIterator entries = db.newIterator(family)) {
            long done = -1;
            for (long number : numbers) {
                if (number > done) {
                    entries.seek(TableLayout.longs(number));
                    done = erase(batch, number, numbers, entries);
                }
            }
        } catch (RocksDBException e) {
            throw store.failed(e);
        }
    }

    /** Deletes items from the entry that an iterator is at. Returns the entry's last number. */
    private long erase(WriteBatch batch, long number, Set<Long> numbers, RocksIterator entries)
            throws RocksDBException {
        store.checked(entries);
        List<ItemRecord> records = entries.isValid() ? ItemRecord.list(entries.value()) : List.of();
        long last = entries.isValid() ? TableLayout.numberOf(entries.key()) : -1;
        long first = last - records.size() + 1;
        if (number < first || number > last) {
            throw store.inconsistent("no item " + number);
        }
        batch.delete(family, entries.key());
        put(batch, first, records, numbers);
        return last;
    }
}
