package io.prefstream.trainer.export;

import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.RulesVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.avro.message.BinaryMessageDecoder;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/**
 * What the log says of each pair id, on disk: the pair, or why it is left out. What the highest
 * rules say holds, in whatever order it lies there ({@link RulesVersion}), and of that the last.
 * Memory doesn't grow with the log; disk does, by its wanted pairs once.
 *
 * <p>Pairs are given back in the order of their ids. Ids are hashes of the pairs' texts, so the
 * order is the same however the log is partitioned, and a shuffled one: neighbours have nothing to
 * do with each other.
 */
@SuppressWarnings("EnumOrdinal") // written and read by one process
final class LatestPairs implements AutoCloseable {

    private static final byte WANTED = -1;

    /** Of every value: why it is left out, or that it isn't, and the highest rules so far. */
    private static final int SAID_BYTES = 1 + Integer.BYTES;

    private static final int HEAD_BYTES = SAID_BYTES + Integer.BYTES + Long.BYTES;
    private static final long BUFFER_BYTES = 16 << 20;

    static {
        RocksDB.loadLibrary();
    }

    private final BloomFilter seldomAgain = new BloomFilter();
    private final Options options;
    private final WriteOptions write;
    private final RocksDB db;
    private final BinaryMessageDecoder<PreferencePair> decoder = PreferencePair.getDecoder();

    /** Told of each id, in the order of the ids. */
    interface Visitor {
        /** A wanted pair. */
        void pair(LoggedPair pair) throws IOException;

        /** An id whose pair is left out. */
        void omitted(Omission why);
    }

    /**
     * @throws IOException if the folder can't be written
     */
    LatestPairs(Path folder) throws IOException {
        options =
                new Options()
                        .setCreateIfMissing(true)
                        .setWriteBufferSize(BUFFER_BYTES)
                        .setCompressionType(CompressionType.LZ4_COMPRESSION)
                        .setTableFormatConfig(
                                new BlockBasedTableConfig()
                                        .setFilterPolicy(seldomAgain)
                                        .setCacheIndexAndFilterBlocks(true));
        // Nobody goes on with a scratch file after a crash.
        write = new WriteOptions().setDisableWAL(true);
        try {
            db = RocksDB.open(options, folder.toString());
        } catch (RocksDBException e) {
            write.close();
            options.close();
            seldomAgain.close();
            throw new IOException("cannot keep pairs in %s: %s".formatted(folder, e), e);
        }
    }

    /** A version of a pair that is wanted, unless higher rules spoke of its id already. */
    void keep(LoggedPair logged) throws IOException {
        int rules = RulesVersion.of(logged.pair());
        if (rules < rulesOf(logged.id())) {
            return;
        }
        ByteBuffer pair = PreferencePair.getEncoder().encode(logged.pair());
        byte[] value =
                ByteBuffer.allocate(HEAD_BYTES + pair.remaining())
                        .put(WANTED)
                        .putInt(rules)
                        .putInt(logged.partition())
                        .putLong(logged.offset())
                        .put(pair)
                        .array();
        put(logged.id(), value);
    }

    /** A version of a pair that is left out, unless higher rules spoke of its id already. */
    void omit(PreferencePair pair, Omission why) throws IOException {
        omit(pair.getId(), RulesVersion.of(pair), why);
    }

    /**
     * A tombstone.
     *
     * @param rules that take the pair back, unless higher ones spoke of it already; 0 takes it back
     *     whatever its rules
     */
    void remove(String id, int rules) throws IOException {
        omit(id, rules == 0 ? rulesOf(id) : rules, Omission.REMOVED);
    }

    private void omit(String id, int rules, Omission why) throws IOException {
        if (rules >= rulesOf(id)) {
            put(
                    id,
                    ByteBuffer.allocate(SAID_BYTES)
                            .put((byte) why.ordinal())
                            .putInt(rules)
                            .array());
        }
    }

    /** The highest rules that spoke of an id. */
    private int rulesOf(String id) throws IOException {
        byte[] said = new byte[SAID_BYTES];
        try {
            return db.get(id.getBytes(StandardCharsets.UTF_8), said) == RocksDB.NOT_FOUND
                    ? RulesVersion.FIRST
                    : ByteBuffer.wrap(said).getInt(1);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    /** Visits every id. */
    void forEach(Visitor visitor) throws IOException {
        try (ReadOptions read = new ReadOptions().setFillCache(false);
                RocksIterator at = db.newIterator(read)) {
            for (at.seekToFirst(); at.isValid(); at.next()) {
                byte[] value = at.value();
                if (value[0] == WANTED) {
                    ByteBuffer bytes =
                            ByteBuffer.wrap(value, SAID_BYTES, value.length - SAID_BYTES);
                    int partition = bytes.getInt();
                    long offset = bytes.getLong();
                    visitor.pair(new LoggedPair(partition, offset, decoder.decode(bytes)));
                } else {
                    visitor.omitted(Omission.values()[value[0]]);
                }
            }
            at.status();
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        db.close();
        write.close();
        options.close();
        seldomAgain.close();
    }

    private void put(String id, byte[] value) throws IOException {
        try {
            db.put(write, id.getBytes(StandardCharsets.UTF_8), value);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    private static IOException failed(RocksDBException e) {
        return new IOException("the scratch file of the export failed: " + e.getMessage(), e);
    }
}
