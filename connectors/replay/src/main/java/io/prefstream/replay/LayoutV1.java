package io.prefstream.replay;

import io.prefstream.schemas.PreferencePair;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * Reads a table of the first layout and writes it in the present one. One letter said what a key
 * was:
 *
 * <pre>
 *   i key        → slot, sequence number, times sampled   (three longs)
 *   v key        → the value's bytes
 *   s slot       → key
 *   f sequence   → key      oldest first
 *   n name       → a note of the owner (as today)
 *   c            → version 1, then eight counters
 * </pre>
 *
 * <p>The old entries go in the write that makes the new ones count, so that a process killed before
 * it finds the old table and begins anew. Times were not kept: items of such a table count as come
 * in now, at model version 0. What they are is read from the pairs themselves.
 */
final class LayoutV1 {

    private static final int VERSION = 1;
    private static final int AT_ONCE = 1_000;

    /** The letters that the present layout doesn't have. */
    private static final char[] KINDS = {'f', 'i', 's', 'v'};

    private LayoutV1() {}

    static boolean is(byte[] counters) {
        return ByteBuffer.wrap(counters).getLong() == VERSION;
    }

    static void migrate(Store store, String tableName, long now) {
        ByteBuffer old = ByteBuffer.wrap(store.must(TableLayout.COUNTERS, "counters"));
        old.getLong();
        TableCounters counters = new TableCounters();
        counters.size = old.getLong();
        counters.inserted = old.getLong();
        counters.duplicates = old.getLong();
        counters.sampled = old.getLong();
        counters.removed = old.getLong();
        counters.evicted = old.getLong();
        counters.usedUp = old.getLong();
        long nextSequence = old.getLong();
        PairCodec codec = PairCodec.reading(store);
        try (RocksIterator items = store.iterator();
                WriteBatch batch = new WriteBatch()) {
            for (items.seek(new byte[] {'f'});
                    items.isValid() && items.key()[0] == 'f';
                    items.next()) {
                long sequence = TableLayout.numberOf(items.key());
                String key = TableLayout.text(items.value());
                byte[] itemKey = named('i', items.value());
                byte[] valueKey = named('v', items.value());
                ByteBuffer item = ByteBuffer.wrap(store.must(itemKey, "item " + key));
                byte[] value = store.must(valueKey, "value of " + key);
                store.items()
                        .put(
                                batch,
                                sequence,
                                List.of(record(codec, key, sequence, item, value, now)),
                                Set.of());
                store.putValue(batch, sequence, TableLayout.value(key, value));
                if (batch.count() >= AT_ONCE) {
                    store.write(batch, false);
                    batch.clear();
                }
            }
            store.checked(items);
            for (char kind : KINDS) {
                batch.deleteRange(new byte[] {(byte) kind}, new byte[] {(byte) (kind + 1)});
            }
            batch.put(TableLayout.table(tableName), counters.bytes(0));
            batch.put(
                    TableLayout.COUNTERS,
                    BufferState.counters(nextSequence, nextSequence, nextSequence, 0, 0));
            store.write(batch, true);
        } catch (RocksDBException e) {
            throw store.failed(e);
        }
    }

    private static ItemRecord record(
            PairCodec codec, String key, long sequence, ByteBuffer item, byte[] value, long now) {
        ItemTraits traits;
        try {
            PreferencePair pair = codec.decode(value);
            traits = PairCodec.traits(pair);
        } catch (ReplayException noPair) {
            traits = ItemTraits.NONE;
        }
        long timesSampled = item.getLong(2 * Long.BYTES);
        return new ItemRecord(
                key,
                now,
                0,
                new Whereabouts(0, sequence, timesSampled, ReplayItem.INITIAL_PRIORITY),
                traits);
    }

    private static byte[] named(char kind, byte[] name) {
        return ByteBuffer.allocate(1 + name.length).put((byte) kind).put(name).array();
    }
}
