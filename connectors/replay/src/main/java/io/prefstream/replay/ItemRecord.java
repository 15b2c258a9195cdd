package io.prefstream.replay;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

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

    /** Items one after another. */
    static byte[] bytes(List<ItemRecord> items) {
        List<byte[]> texts = new ArrayList<>(4 * items.size());
        int length = items.size() * (FIXED + 4 * Integer.BYTES);
        for (ItemRecord item : items) {
            texts.add(TableLayout.text(item.key));
            texts.add(TableLayout.text(item.traits.repository()));
            texts.add(TableLayout.text(item.traits.language()));
            texts.add(TableLayout.text(item.traits.strategy()));
        }
        for (byte[] text : texts) {
            length += text.length;
        }
        ByteBuffer buffer = ByteBuffer.allocate(length);
        Iterator<byte[]> next = texts.iterator();
        for (ItemRecord item : items) {
            buffer.putLong(item.insertedAt)
                    .putLong(item.version)
                    .putDouble(item.traits.confidence());
            item.where.write(buffer);
            for (int i = 0; i < 4; i++) {
                byte[] text = next.next();
                buffer.putInt(text.length).put(text);
            }
        }
        return buffer.array();
    }

    /** The items of which these are the bytes. */
    static List<ItemRecord> list(byte[] bytes) {
        List<ItemRecord> items = new ArrayList<>();
        for (ByteBuffer buffer = ByteBuffer.wrap(bytes); buffer.hasRemaining(); ) {
            items.add(read(buffer));
        }
        return items;
    }

    private static ItemRecord read(ByteBuffer buffer) {
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
