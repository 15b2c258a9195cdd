package io.prefstream.replay;

import io.prefstream.schemas.PreferencePair;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A record of the pair log: a pair, the removal of one, or bytes that can't be read as one. */
public sealed interface LogRecord {

    /** Partition of the log. */
    int partition();

    /** Offset in the partition. */
    long offset();

    /** A record that could be read. */
    record Pair(int partition, long offset, PreferencePair pair) implements LogRecord {}

    /**
     * A tombstone: a pair that was on the log is to be forgotten.
     *
     * @param pairId the pair's id
     * @param rulesVersion the rules that refuse the pair, which lower ones kept; 0 where it is to
     *     be forgotten whatever its rules
     */
    record Removal(int partition, long offset, String pairId, int rulesVersion)
            implements LogRecord {

        /** Of a pair that is to be forgotten whatever its rules. */
        public Removal(int partition, long offset, String pairId) {
            this(partition, offset, pairId, 0);
        }
    }

    /** A record that couldn't, with everything that a dead letter says. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Undecodable(
            String topic,
            int partition,
            long offset,
            byte @Nullable [] key,
            byte @Nullable [] value,
            String error,
            Instant recordedAt)
            implements LogRecord {}
}
