package io.prefstream.replay;

import java.nio.ByteBuffer;

/**
 * What changes of an item while its value stays where it is.
 *
 * @param table number of the table that it is in
 * @param sequence its place in the order in which items came into that table
 * @param timesSampled how often it was drawn
 * @param priority its priority
 */
record Whereabouts(int table, long sequence, long timesSampled, double priority) {

    static final int BYTES = 4 * Long.BYTES;

    /** Of an item that goes nobody knows where yet. */
    static Whereabouts unknown(long timesSampled, double priority) {
        return new Whereabouts(-1, -1, timesSampled, priority);
    }

    void write(ByteBuffer buffer) {
        buffer.putLong(table).putLong(sequence).putLong(timesSampled).putDouble(priority);
    }

    static Whereabouts read(ByteBuffer buffer) {
        return new Whereabouts(
                Math.toIntExact(buffer.getLong()),
                buffer.getLong(),
                buffer.getLong(),
                buffer.getDouble());
    }

    byte[] bytes() {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES);
        write(buffer);
        return buffer.array();
    }

    static Whereabouts of(byte[] bytes) {
        return read(ByteBuffer.wrap(bytes));
    }
}
