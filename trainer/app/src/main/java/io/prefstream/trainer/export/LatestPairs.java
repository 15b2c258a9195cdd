package io.prefstream.trainer.export;

import io.prefstream.schemas.PreferencePair;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.avro.message.BinaryMessageDecoder;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/**
 * What the log says last of each pair id, on disk: the pair, or why it is left out. Memory doesn't
 * grow with the log; disk does, by its wanted pairs once.
 *
 * <p>Pairs are given back in the order of their ids. Ids are hashes of the pairs' texts, so the
 * order is the same however the log is partitioned, and a shuffled one: neighbours have nothing to
 * do with each other.
 */
@SuppressWarnings("EnumOrdinal") // written and read by one process
final class LatestPairs implements AutoCloseable {

    private static final byte WANTED = -1;
    private static final int HEAD_BYTES = 1 + Integer.BYTES + Long.BYTES;
    private static final long BUFFER_BYTES = 16 << 20;

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
        RocksDB.loadLibrary();
        options =
                new Options()
                        .setCreateIfMissing(true)
                        .setWriteBufferSize(BUFFER_BYTES)
                        .setCompressionType(CompressionType.LZ4_COMPRESSION);
        // Nobody goes on with a scratch file after a crash.
        write = new WriteOptions().setDisableWAL(true);
        try {
            db = RocksDB.open(options, folder.toString());
        } catch (RocksDBException e) {
            write.close();
            options.close();
            throw new IOException("cannot keep pairs in %s: %s".formatted(folder, e), e);
        }
    }

    /** A version of a pair that is wanted; an earlier one of its id is forgotten. */
    void keep(LoggedPair logged) throws IOException {
        ByteBuffer pair = PreferencePair.getEncoder().encode(logged.pair());
        byte[] value =
                ByteBuffer.allocate(HEAD_BYTES + pair.remaining())
                        .put(WANTED)
                        .putInt(logged.partition())
                        .putLong(logged.offset())
                        .put(pair)
                        .array();
        put(logged.pair().getId(), value);
    }

    /** An id whose newest version is left out; an earlier one is forgotten. */
    void omit(String id, Omission why) throws IOException {
        put(id, new byte[] {(byte) why.ordinal()});
    }

    /** Visits every id. */
    void forEach(Visitor visitor) throws IOException {
        try (ReadOptions read = new ReadOptions().setFillCache(false);
                RocksIterator at = db.newIterator(read)) {
            for (at.seekToFirst(); at.isValid(); at.next()) {
                byte[] value = at.value();
                if (value[0] == WANTED) {
                    ByteBuffer bytes = ByteBuffer.wrap(value, 1, value.length - 1);
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
