package io.prefstream.replay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * Reads a table of the second or third layout and writes it in the present one. Items lay by table
 * in the default column family and were written again when they went to another one:
 *
 * <pre>
 *   c              → version, next sequence number, random state, model version
 *   t name         → the table's number, its counters, since version 3 the sequence number of its
 *                    first item
 *   m t sequence   → value's number, when it came in, model version, times sampled, priority,
 *                    confidence, key, repository, language, strategy
 *   d t sequence   → times sampled, priority; only once they differ
 *   r …            → version 2 alone: an index of repositories
 * </pre>
 *
 * <p>Values stay where they are. The old entries go in the write that makes the new ones count, so
 * that a process killed before it finds the old table and begins anew.
 */
final class LayoutV3 {

    private static final int OLDEST = 2;
    private static final int NEWEST = 3;
    private static final int AT_ONCE = 1_000;
    private static final int COUNTERS_BYTES = 10 * Long.BYTES;
    private static final char[] KINDS = {'d', 'm', 'r'};

    private LayoutV3() {}

    static boolean is(byte[] counters) {
        long version = ByteBuffer.wrap(counters).getLong();
        return version >= OLDEST && version <= NEWEST;
    }

    static void migrate(Store store) {
        ByteBuffer counters = ByteBuffer.wrap(store.must(TableLayout.COUNTERS, "counters"));
        counters.getLong();
        long next = counters.getLong();
        List<Old> tables = tables(store);
        try (WriteBatch batch = new WriteBatch()) {
            long first = next;
            for (Old table : tables) {
                first = Math.min(first, migrate(store, table, next, batch));
            }
            for (char kind : KINDS) {
                batch.deleteRange(new byte[] {(byte) kind}, new byte[] {(byte) (kind + 1)});
            }
            batch.put(
                    TableLayout.COUNTERS,
                    BufferState.counters(
                            next, next, counters.getLong(), counters.getLong(), first));
            store.write(batch, true);
        } catch (RocksDBException e) {
            throw store.failed(e);
        }
    }

    /** A table: its number, and the sequence number that its items begin with. */
    private record Old(int number, long first) {}

    private static List<Old> tables(Store store) {
        List<Old> tables = new ArrayList<>();
        store.forEach(
                TableLayout.table(""),
                (key, counters) -> {
                    ByteBuffer buffer = ByteBuffer.wrap(counters);
                    tables.add(
                            new Old(
                                    Math.toIntExact(buffer.getLong()),
                                    counters.length > COUNTERS_BYTES
                                            ? buffer.getLong(COUNTERS_BYTES)
                                            : 0));
                });
        return tables;
    }

    /** Writes a table's items anew. Returns the lowest number of a value. */
    private static long migrate(Store store, Old table, long none, WriteBatch batch)
            throws RocksDBException {
        long first = none;
        byte[] firstItem = key('m', table, table.first());
        byte[] firstDrawn = key('d', table, table.first());
        try (RocksIterator items = store.iterator();
                RocksIterator drawn = store.iterator()) {
            drawn.seek(firstDrawn);
            for (items.seek(firstItem); isOf(items, firstItem); items.next()) {
                long sequence = TableLayout.numberOf(items.key());
                ByteBuffer item = ByteBuffer.wrap(items.value());
                long value = item.getLong();
                ItemRecord record = record(item, table.number(), sequence);
                if (isOf(drawn, firstDrawn) && TableLayout.numberOf(drawn.key()) == sequence) {
                    ByteBuffer changed = ByteBuffer.wrap(drawn.value());
                    record =
                            record.with(
                                    new Whereabouts(
                                            table.number(),
                                            sequence,
                                            changed.getLong(),
                                            changed.getDouble()));
                    drawn.next();
                }
                store.items().put(batch, value, List.of(record), Set.of());
                first = Math.min(first, value);
                if (batch.count() >= AT_ONCE) {
                    store.write(batch, false);
                    batch.clear();
                }
            }
            store.checked(items);
            store.checked(drawn);
        }
        return first;
    }

    private static ItemRecord record(ByteBuffer item, int table, long sequence) {
        long insertedAt = item.getLong();
        long version = item.getLong();
        long timesSampled = item.getLong();
        double priority = item.getDouble();
        double confidence = item.getDouble();
        return new ItemRecord(
                ItemRecord.text(item),
                insertedAt,
                version,
                new Whereabouts(table, sequence, timesSampled, priority),
                new ItemTraits(
                        ItemRecord.text(item),
                        ItemRecord.text(item),
                        ItemRecord.text(item),
                        confidence));
    }

    /** Whether an iterator is at a key of the same kind and table. */
    private static boolean isOf(RocksIterator iterator, byte[] key) {
        return iterator.isValid()
                && iterator.key()[0] == key[0]
                && iterator.key().length == key.length
                && iterator.key()[1] == key[1];
    }

    private static byte[] key(char kind, Old table, long sequence) {
        return ByteBuffer.allocate(2 + Long.BYTES)
                .put((byte) kind)
                .put((byte) table.number())
                .putLong(sequence)
                .array();
    }
}
