package io.prefstream.feeds.github;

import io.prefstream.schemas.DeadLetter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/** Dead letters of what a feed read but could not understand. */
final class Letters {

    /** As much of it as is kept. */
    private static final int MAX_BYTES = 64 * 1024;

    private Letters() {}

    static DeadLetter of(String address, long line, String text, String error, Instant at) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
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
