package io.prefstream.replay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Version 5 of the buffer's key-value layout. One letter says what a key is:
 *
 * <pre>
 *   default column family
 *   c          → version, next value's number, next sequence number, random state, model version,
 *                number that no value is below (six longs)
 *   t name     → the table's number and its counters (ten longs)
 *   w number   → where the item of this number was when it was last drawn or given a priority
 *                ({@link Whereabouts})
 *   h end sequence → items that went on to another table: number, table, sequence number there (of
 *                the first of them {@code sequence}); all numbers are below {@code end}. What has
 *                the highest sequence number, of this, the whereabouts and the item's record, says
 *                where the item is
 *   g end number → numbers of items that have left, all below {@code end}, the first of which is
 *                {@code number}; those below the number that no value is below aren't told
 *   n name     → a note of the owner, such as a log position
 *
 *   column family "items"
 *   number     → the items of one update ({@link ItemRecord}), of which the last one has this
 *                number, those before it the numbers before
 *
 *   column family "values"
 *   number     → length of the key, key, the item's bytes
 * </pre>
 *
 * Numbers are big-endian, so that RocksDB's byte order is their order. Items and values lie apart
 * in the order in which they were stored and are never written again, so that compaction moves
 * files of them instead of rewriting what they hold. What is left over below the lowest number that
 * is needed goes with its files ({@link DeadValues}).
 *
 * <p>Version 4, which is read as this one, wrote every item and its going on to another table under
 * keys of their own.
 */
final class TableLayout {

    static final long VERSION = 5;

    /** The oldest version that is read as the present one. */
    static final long OLDEST_READ = 4;

    static final byte[] COUNTERS = {'c'};
    static final String ITEMS = "items";
    static final String VALUES = "values";

    /** What the whereabouts of all items begin with. */
    static final byte[] WHERE = {'w'};

    /** What all lists of items that have left begin with. */
    static final byte[] GONE = {'g'};

    /** What all lists of items that went on to another table begin with. */
    static final byte[] HANDED_ON = {'h'};

    private TableLayout() {}

    static byte[] note(String name) {
        return named('n', name);
    }

    static byte[] table(String name) {
        return named('t', name);
    }

    /** The whereabouts of the item whose value has this number. */
    static byte[] where(long number) {
        return ByteBuffer.allocate(1 + Long.BYTES).put(WHERE).putLong(number).array();
    }

    /** A list of items that have left. */
    static byte[] gone(long end, long number) {
        return list(GONE, end, number);
    }

    /** A list of items that went on to another table. */
    static byte[] handedOn(long end, long sequence) {
        return list(HANDED_ON, end, sequence);
    }

    private static byte[] list(byte[] kind, long end, long first) {
        return ByteBuffer.allocate(1 + 2 * Long.BYTES)
                .put(kind)
                .putLong(end)
                .putLong(first)
                .array();
    }

    /** The number that a key ends with. */
    static long numberOf(byte[] key) {
        return ByteBuffer.wrap(key).getLong(key.length - Long.BYTES);
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static byte[] longs(long... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Long.BYTES);
        for (long value : values) {
            buffer.putLong(value);
        }
        return buffer.array();
    }

    static byte[] longs(List<Long> values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.size() * Long.BYTES);
        values.forEach(buffer::putLong);
        return buffer.array();
    }

    /** An item's bytes with its key before them. */
    static byte[] value(String key, byte[] bytes) {
        byte[] utf8 = text(key);
        return ByteBuffer.allocate(Integer.BYTES + utf8.length + bytes.length)
                .putInt(utf8.length)
                .put(utf8)
                .put(bytes)
                .array();
    }

    static String keyOf(byte[] value) {
        return new String(
                value, Integer.BYTES, ByteBuffer.wrap(value).getInt(), StandardCharsets.UTF_8);
    }

    static byte[] bytesOf(byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value);
        byte[] bytes = new byte[value.length - Integer.BYTES - buffer.getInt()];
        buffer.position(value.length - bytes.length);
        buffer.get(bytes);
        return bytes;
    }

    static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length
                && java.util.Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static byte[] named(char kind, String name) {
        byte[] utf8 = text(name);
        byte[] key = new byte[utf8.length + 1];
        key[0] = (byte) kind;
        System.arraycopy(utf8, 0, key, 1, utf8.length);
        return key;
    }
}
