package io.prefstream.replay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Version 1 of the table's key-value layout. One letter says what a key is:
 *
 * <pre>
 *   i key        → slot, sequence number, times sampled   (three longs)
 *   v key        → the value's bytes
 *   s slot       → key      slots are dense, 0 … size − 1
 *   f sequence   → key      oldest first
 *   n name       → a note of the owner, such as a log position
 *   c            → counters (nine longs, the first one is the layout's version)
 * </pre>
 *
 * Numbers are big-endian, so that RocksDB's byte order is their order.
 */
final class TableLayout {

    static final long VERSION = 1;
    static final byte[] COUNTERS = {'c'};
    static final byte[] FIRST_SEQUENCE = sequence(0);

    private TableLayout() {}

    static byte[] item(String key) {
        return named('i', key);
    }

    static byte[] value(String key) {
        return named('v', key);
    }

    static byte[] note(String name) {
        return named('n', name);
    }

    static byte[] slot(long slot) {
        return numbered('s', slot);
    }

    static byte[] sequence(long sequence) {
        return numbered('f', sequence);
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Where an item is and how often it was drawn. */
    record Item(long slot, long sequence, long timesSampled) {

        static Item of(byte[] bytes) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new Item(buffer.getLong(), buffer.getLong(), buffer.getLong());
        }

        byte[] bytes() {
            return longs(slot, sequence, timesSampled);
        }

        Item movedTo(long newSlot) {
            return new Item(newSlot, sequence, timesSampled);
        }

        Item drawn() {
            return new Item(slot, sequence, timesSampled + 1);
        }
    }

    static byte[] longs(long... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Long.BYTES);
        for (long value : values) {
            buffer.putLong(value);
        }
        return buffer.array();
    }

    private static byte[] named(char kind, String name) {
        byte[] utf8 = text(name);
        byte[] key = new byte[utf8.length + 1];
        key[0] = (byte) kind;
        System.arraycopy(utf8, 0, key, 1, utf8.length);
        return key;
    }

    private static byte[] numbered(char kind, long number) {
        return ByteBuffer.allocate(1 + Long.BYTES).put((byte) kind).putLong(number).array();
    }
}
