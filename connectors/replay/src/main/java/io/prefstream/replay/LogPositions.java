package io.prefstream.replay;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where in the pair log a buffer stands, as notes of its own: what was read and what it made of the
 * buffer are one write.
 */
public final class LogPositions {

    private static final String NOTE = "position/";

    private LogPositions() {}

    /** The next offset by partition that a buffer was last updated with. */
    public static SortedMap<Integer, Long> of(ReplayBuffer buffer) {
        SortedMap<Integer, Long> positions = new TreeMap<>();
        buffer.forEachNote(
                NOTE,
                (name, bytes) ->
                        positions.put(
                                Integer.valueOf(name.substring(NOTE.length())),
                                ByteBuffer.wrap(bytes).getLong()));
        return positions;
    }

    /** Keeps the next offset by partition with an update. */
    public static void note(ReplayUpdate update, Map<Integer, Long> positions) {
        positions.forEach(
                (partition, next) -> update.note(NOTE + partition, TableLayout.longs(next)));
    }
}
