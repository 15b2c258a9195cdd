package io.prefstream.replay;

import java.nio.ByteBuffer;

/**
 * What doesn't change of an item while it is in one table.
 *
 * @param key its key
 * @param value number of its value
 * @param insertedAt when it came into the buffer, milliseconds of the epoch
 * @param version model version at that time
 * @param timesSampled how often it was drawn before it came into this table
 * @param priority when it came into this table
 * @param traits what it is
 */
record ItemRecord(
        String key,
        long value,
        long insertedAt,
        long version,
        long timesSampled,
        double priority,
        ItemTraits traits) {

    private static final int FIXED = 6 * Long.BYTES;

    /** The same item with other uses and another priority. */
    ItemRecord with(long newTimesSampled, double newPriority) {
        return new ItemRecord(
                key, value, insertedAt, version, newTimesSampled, newPriority, traits);
    }

    /** The same item with its value under another number. */
    ItemRecord withValue(long number) {
        return new ItemRecord(key, number, insertedAt, version, timesSampled, priority, traits);
    }

    /** The same item with another confidence. */
    ItemRecord withConfidence(double confidence) {
        return new ItemRecord(
                key,
                value,
                insertedAt,
                version,
                timesSampled,
                priority,
                new ItemTraits(
                        traits.repository(), traits.language(), traits.strategy(), confidence));
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
                        .putLong(value)
                        .putLong(insertedAt)
                        .putLong(version)
                        .putLong(timesSampled)
                        .putDouble(priority)
                        .putDouble(traits.confidence());
        for (byte[] text : texts) {
            buffer.putInt(text.length).put(text);
        }
        return buffer.array();
    }

    static ItemRecord of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long value = buffer.getLong();
        long insertedAt = buffer.getLong();
        long version = buffer.getLong();
        long timesSampled = buffer.getLong();
        double priority = buffer.getDouble();
        double confidence = buffer.getDouble();
        return new ItemRecord(
                text(buffer),
                value,
                insertedAt,
                version,
                timesSampled,
                priority,
                new ItemTraits(text(buffer), text(buffer), text(buffer), confidence));
    }

    private static String text(ByteBuffer buffer) {
        byte[] text = new byte[buffer.getInt()];
        buffer.get(text);
        return TableLayout.text(text);
    }
}
