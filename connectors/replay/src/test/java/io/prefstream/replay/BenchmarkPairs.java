package io.prefstream.replay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ChecksumType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Synthetic pairs of some 2 KB for measurements: a million of them in a buffer, and the same under
 * their keys in a plain RocksDB of the same options.
 */
final class BenchmarkPairs {

    static final int AT_ONCE = 64;

    private static final int BYTES = 2_000;
    private static final int WORDS = 20_000;

    private static final byte[][] TEXTS =
            IntStream.range(0, 1_000).mapToObj(BenchmarkPairs::text).toArray(byte[][]::new);

    private BenchmarkPairs() {}

    /** 64 hexadecimal digits, as those of a pair's id. */
    static String key(long number) {
        SplitMix64 random = new SplitMix64(number);
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong())
                + hex.toHexDigits(random.nextLong())
                + hex.toHexDigits(random.nextLong())
                + hex.toHexDigits(random.nextLong());
    }

    /** One of a thousand texts, with its number in front. */
    static byte[] value(long number) {
        byte[] value = TEXTS[(int) Long.remainderUnsigned(number, TEXTS.length)].clone();
        ByteBuffer.wrap(value).putLong(number);
        return value;
    }

    /** Words of a vocabulary, which compress about as well as code. */
    private static byte[] text(int number) {
        SplittableRandom random = new SplittableRandom(number);
        StringBuilder text = new StringBuilder(BYTES + 16);
        while (text.length() < BYTES) {
            int word = (int) (random.nextDouble() * random.nextDouble() * WORDS);
            text.append(Integer.toString(word * 7_919, 36)).append(' ');
        }
        text.setLength(BYTES);
        return text.toString().getBytes(US_ASCII);
    }

    static ReplayItem item(long number) {
        return new ReplayItem(
                key(number),
                value(number),
                1 + number % 7,
                new ItemTraits(
                        "https://github.com/owner/project" + number % 1_000,
                        "java",
                        "mutation",
                        1));
    }

    static ReplaySettings settings(long capacity) {
        return ReplaySettings.of(
                TableSettings.table("pairs", capacity)
                        .sampler(Selection.PRIORITIZED)
                        .priorityExponent(0.6)
                        .build());
    }

    /** A fifth of the items fresh, the others history, as a trainer has them by default. */
    static ReplaySettings withHistory(long items) {
        long fresh = items / 5;
        return ReplaySettings.freshAndHistory(
                TableSettings.table(ReplaySettings.FRESH, fresh).build(),
                TableSettings.table(ReplaySettings.HISTORY, items - fresh)
                        .remover(Selection.UNIFORM)
                        .build(),
                ReplaySettings.HISTORY_FRACTION);
    }

    /** Fills a buffer with items 0 to {@code items} − 1 unless it is there. */
    static void fillBuffer(Path folder, ReplaySettings settings, long items) {
        if (Files.exists(folder)) {
            return;
        }
        try (ReplayBuffer buffer = ReplayBuffer.open(folder, settings)) {
            for (long from = 0; from < items; from += AT_ONCE) {
                insert(buffer, items(from, Math.min(items, from + AT_ONCE)));
            }
        }
    }

    static List<ReplayItem> items(long from, long to) {
        return LongStream.range(from, to).mapToObj(BenchmarkPairs::item).toList();
    }

    static void insert(ReplayBuffer buffer, List<ReplayItem> items) {
        try (ReplayUpdate update = buffer.begin()) {
            items.forEach(update::insert);
            update.commit();
        }
    }

    /** Fills a plain RocksDB with the same unless it is there. */
    static void fillPlain(Path folder, long items) throws RocksDBException {
        if (Files.exists(folder)) {
            return;
        }
        try (Plain plain = new Plain(folder)) {
            for (long from = 0; from < items; from += AT_ONCE) {
                plain.put(items(from, Math.min(items, from + AT_ONCE)));
            }
        }
    }

    /** A RocksDB and nothing else. */
    static final class Plain implements AutoCloseable {

        static {
            RocksDB.loadLibrary();
        }

        private final LRUCache cache = new LRUCache(64L << 20);
        private final BloomFilter filter = new BloomFilter(10, false);
        private final Options options =
                new Options()
                        .setCreateIfMissing(true)
                        .setWriteBufferSize(32L << 20)
                        .setMaxWriteBufferNumber(4)
                        .setTableFormatConfig(
                                new BlockBasedTableConfig()
                                        .setBlockCache(cache)
                                        .setFilterPolicy(filter)
                                        .setChecksumType(ChecksumType.kXXH3));
        private final WriteOptions write = new WriteOptions();
        private final RocksDB db;

        Plain(Path folder) throws RocksDBException {
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            db = RocksDB.open(options, folder.toString());
        }

        void put(List<ReplayItem> items) throws RocksDBException {
            try (WriteBatch batch = new WriteBatch()) {
                for (ReplayItem item : items) {
                    batch.put(item.key().getBytes(US_ASCII), item.value());
                }
                db.write(write, batch);
            }
        }

        boolean settled() throws RocksDBException {
            return Store.settled(db);
        }

        /** Items of random numbers below {@code items}, in one read. */
        List<byte[]> get(int count, long items, SplitMix64 random) throws RocksDBException {
            List<byte[]> keys = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                keys.add(key(random.nextLong(items)).getBytes(US_ASCII));
            }
            return db.multiGetAsList(keys);
        }

        @Override
        public void close() {
            db.close();
            write.close();
            options.close();
            filter.close();
            cache.close();
        }
    }
}
