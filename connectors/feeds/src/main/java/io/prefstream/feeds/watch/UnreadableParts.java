package io.prefstream.feeds.watch;

import io.prefstream.schemas.DeadLetter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/** Dead letters of what a feed read but could not understand. */
public final class UnreadableParts {

    /** As much of it as is kept. */
    private static final int MAX_BYTES = 64 * 1024;

    private UnreadableParts() {}

    /**
     * The dead letter of a part.
     *
     * @param address where it was read
     * @param line which part of it
     * @param text the part, of which the beginning is kept
     * @param at event time of what it is part of
     */
    public static DeadLetter letter(
            String address, long line, String text, String error, Instant at) {
        return letter(address, line, text.getBytes(StandardCharsets.UTF_8), error, at);
    }

    /**
     * The dead letter of a part that may be no text.
     *
     * @param address where it was read
     * @param line which part of it
     * @param bytes the part, of which the beginning is kept
     * @param at event time of what it is part of
     */
    public static DeadLetter letter(
            String address, long line, byte[] bytes, String error, Instant at) {
        return DeadLetter.newBuilder()
                .setStage("ingest")
                .setTopic(address)
                .setPartition(0)
                .setOffset(line)
                .setValue(ByteBuffer.wrap(Arrays.copyOf(bytes, Math.min(bytes.length, MAX_BYTES))))
                .setError(error)
                .setRecordedAt(at)
                .build();
    }
}
