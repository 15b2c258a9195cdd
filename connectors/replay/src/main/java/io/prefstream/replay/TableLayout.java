package io.prefstream.replay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Version 3 of the buffer's key-value layout. One letter says what a key is; {@code t} is a table's
 * number, one byte:
 *
 * <pre>
 *   default column family
 *   c                  → version, next sequence number, random state, model version (four longs)
 *   t name             → the table's number, its counters and its first item's sequence number
 *                        (eleven longs); entries of items before that one are left over
 *   m t sequence       → what doesn't change of an item ({@link ItemRecord}), oldest first
 *   d t sequence       → times sampled, priority; only once they differ from the item's record
 *   n name             → a note of the owner, such as a log position
 *
 *   column family "values"
 *   value number       → length of the key, key, the item's bytes
 * </pre>
 *
 * Numbers are big-endian, so that RocksDB's byte order is their order. Values lie apart in the
 * order in which they came, so that compaction moves files of them instead of rewriting what they
 * hold.
 */
final class TableLayout {

    static final long VERSION = 3;
    static final byte[] COUNTERS = {'c'};
    static final String VALUES = "values";

    private TableLayout() {}

    static byte[] note(String name) {
        return named('n', name);
    }

    static byte[] table(String name) {
        return named('t', name);
    }

    static byte[] item(int table, long sequence) {
        return numbered('m', table, sequence);
    }

    /** What all items of a table begin with. */
    static byte[] itemsOf(int table) {
        return new byte[] {'m', (byte) table};
    }

    /** What all changes of a table's items begin with. */
    static byte[] drawnOf(int table) {
        return new byte[] {'d', (byte) table};
    }

    static byte[] drawn(int table, long sequence) {
        return numbered('d', table, sequence);
    }

    /** The number that a key ends with. */
    static long sequenceOf(byte[] key) {
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

    static byte[] drawnValue(long timesSampled, double priority) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(timesSampled)
                .putDouble(priority)
                .array();
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

    private static byte[] numbered(char kind, int table, long number) {
        return ByteBuffer.allocate(2 + Long.BYTES)
                .put((byte) kind)
                .put((byte) table)
                .putLong(number)
                .array();
    }
}
