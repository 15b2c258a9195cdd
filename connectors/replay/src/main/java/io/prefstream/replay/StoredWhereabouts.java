package io.prefstream.replay;

import java.nio.ByteBuffer;
import org.rocksdb.RocksIterator;

/**
 * Where a store's items are, for one pass in the order of their numbers: what was written of them
 * last, when they went on to another table, when they were drawn or given a priority.
 */
final class StoredWhereabouts implements AutoCloseable {

    private final Store store;

    /** Entries of whereabouts, in the order of numbers. */
    private final RocksIterator entries;

    private final long first;

    /** Of each number from the first one on: the table that its item went on to last. */
    private final int[] tables;

    /** Its sequence number there; 0 if it went nowhere, as the first item of a table. */
    private final long[] sequences;

    /**
     * @param first number from which on items are asked for
     * @param next number above all
     */
    StoredWhereabouts(Store store, long first, long next) {
        this.store = store;
        this.first = first;
        int numbers = Math.toIntExact(next - first);
        this.tables = new int[numbers];
        this.sequences = new long[numbers];
        store.forEach(TableLayout.HANDED_ON, (key, items) -> readHandedOn(ByteBuffer.wrap(items)));
        this.entries = store.iterator();
        entries.seek(TableLayout.where(first));
    }

    private void readHandedOn(ByteBuffer items) {
        while (items.hasRemaining()) {
            long number = items.getLong();
            int table = Math.toIntExact(items.getLong());
            long sequence = items.getLong();
            if (number >= first && sequence > sequences[(int) (number - first)]) {
                tables[(int) (number - first)] = table;
                sequences[(int) (number - first)] = sequence;
            }
        }
    }

    /** Where an item is, that was somewhere when it was stored; numbers are asked in order. */
    Whereabouts of(long number, Whereabouts stored) {
        Whereabouts where = stored;
        for (; at(number); entries.next()) {
            if (TableLayout.numberOf(entries.key()) == number) {
                where = Whereabouts.of(entries.value());
            }
        }
        long sequence = sequences[(int) (number - first)];
        return sequence <= where.sequence()
                ? where
                : new Whereabouts(
                        tables[(int) (number - first)],
                        sequence,
                        where.timesSampled(),
                        where.priority());
    }

    /** Whether an entry is left that isn't above a number. */
    private boolean at(long number) {
        return entries.isValid()
                && TableLayout.startsWith(entries.key(), TableLayout.WHERE)
                && TableLayout.numberOf(entries.key()) <= number;
    }

    @Override
    public void close() {
        store.checked(entries);
        entries.close();
    }
}
