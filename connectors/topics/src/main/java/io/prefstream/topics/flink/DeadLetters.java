package io.prefstream.topics.flink;

import io.prefstream.schemas.DeadLetter;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Builds the record of what could not be read. */
public final class DeadLetters {

    private static final int MAX_ERROR_CHARS = 1_000;

    private DeadLetters() {}

    /**
     * The dead letter of a record.
     *
     * @param stage who could not read it
     * @param error why; line breaks become spaces, what is long is cut
     */
    public static DeadLetter of(String stage, KafkaRecord record, @Nullable String error) {
        return DeadLetter.newBuilder()
                .setStage(stage)
                .setTopic(record.topic())
                .setPartition(record.partition())
                .setOffset(record.offset())
                .setKey(buffer(record.key()))
                .setValue(buffer(record.value()))
                .setError(oneLine(error))
                .setRecordedAt(Instant.ofEpochMilli(record.timestamp()))
                .build();
    }

    private static @Nullable ByteBuffer buffer(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }

    private static String oneLine(@Nullable String message) {
        String line = String.valueOf(message).replaceAll("\\s+", " ");
        return line.length() <= MAX_ERROR_CHARS ? line : line.substring(0, MAX_ERROR_CHARS) + "…";
    }
}
