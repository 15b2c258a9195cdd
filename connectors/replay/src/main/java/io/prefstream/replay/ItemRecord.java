package io.prefstream.replay;

import java.nio.ByteBuffer;

/**
 * An item without its bytes, as it was when they were stored.
 *
 * @param key its key
 * @param insertedAt when it came into the buffer, milliseconds of the epoch
 * @param version model version at that time
 * @param where where it was, how often it had been drawn, its priority
 * @param traits what it is
 */
record ItemRecord(String key, long insertedAt, long version, Whereabouts where, ItemTraits traits) {

    private static final int FIXED = 3 * Long.BYTES + Whereabouts.BYTES;

    /** The same item elsewhere. */
    ItemRecord with(Whereabouts newWhere) {
        return new ItemRecord(key, insertedAt, version, newWhere, traits);
    }

    byte[] bytes() {
        byte[][] texts = {
            TableLayout.text(key),
            TableLayout.text(traits.repository()),
            TableLayout.text(traits.language()),
            TableLayout.text(traits.strategy())
        };
        int length = FIXED;
        for (byte[] text : texts) {
            length += Integer.BYTES + text.length;
        }
        ByteBuffer buffer =
                ByteBuffer.allocate(length)
                        .putLong(insertedAt)
                        .putLong(version)
                        .putDouble(traits.confidence());
        where.write(buffer);
        for (byte[] text : texts) {
            buffer.putInt(text.length).put(text);
        }
        return buffer.array();
    }

    static ItemRecord of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long insertedAt = buffer.getLong();
        long version = buffer.getLong();
        double confidence = buffer.getDouble();
        Whereabouts where = Whereabouts.read(buffer);
        return new ItemRecord(
                text(buffer),
                insertedAt,
                version,
                where,
                new ItemTraits(text(buffer), text(buffer), text(buffer), confidence));
    }

    /** A text behind its length. */
    static String text(ByteBuffer buffer) {
        byte[] text = new byte[buffer.getInt()];
        buffer.get(text);
        return TableLayout.text(text);
    }
}
