package io.prefstream.trainer;

import io.prefstream.replay.LogRecord;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the trainer's pairs come from, read from positions that belong to the training checkpoint.
 */
public interface PairSource extends AutoCloseable {

    /** The next records that are there already, {@code max} at most. */
    List<LogRecord> take(int max);

    /** Waits for something to take, {@code timeout} at most. Returns whether there is. */
    boolean await(Duration timeout);

    /** Whether nothing can come any more. */
    boolean finished();

    /** The next position to read by partition. */
    SortedMap<Integer, Long> positions();

    /**
     * Positions that are yet to come by partition, as far as that is known without asking anybody.
     */
    default SortedMap<Integer, Long> lag() {
        return Collections.emptySortedMap();
    }

    /** Name of the log that the positions are about. */
    String name();

    /**
     * A digest of what it begins with, which tells it from another one of the same name; null where
     * the name does.
     */
    default @Nullable String beginsWith() {
        return null;
    }

    /** Where a record of it is, for people. */
    default String place(LogRecord record) {
        return "%s, partition %d, offset %d".formatted(name(), record.partition(), record.offset());
    }

    @Override
    void close();

    /** Opens a source at positions; partitions without one are read from their beginning. */
    interface Opener {
        PairSource open(SortedMap<Integer, Long> positions);
    }
}
