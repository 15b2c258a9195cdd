package io.prefstream.replay;

import java.nio.ByteBuffer;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Reads a table of the second layout on. It had an index of repositories beside what the present
 * one has, under keys that begin with {@code r}; now {@link Repositories} is built from the items.
 */
final class LayoutV2 {

    private static final int VERSION = 2;

    private LayoutV2() {}

    static boolean is(byte[] counters) {
        return ByteBuffer.wrap(counters).getLong() == VERSION;
    }

    static void migrate(Store store) {
        byte[] counters = store.must(TableLayout.COUNTERS, "counters");
        ByteBuffer.wrap(counters).putLong(TableLayout.VERSION);
        try (WriteBatch batch = new WriteBatch()) {
            batch.deleteRange(new byte[] {'r'}, new byte[] {'r' + 1});
            batch.put(TableLayout.COUNTERS, counters);
            store.write(batch, true, 0);
        } catch (RocksDBException e) {
            throw store.failed(e);
        }
    }
}
