package io.prefstream.replay;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The counters of a table, and of an update in progress; saved with every update. */
final class TableCounters {

    long size;
    long inserted;
    long duplicates;
    long sampled;
    long removed;
    long evicted;
    long usedUp;
    long nextSequence;

    /**
     * The counters that a table saved.
     *
     * @throws ReplayException if they have another layout than this program's
     */
    static TableCounters of(byte[] bytes, Path folder) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long version = buffer.getLong();
        if (version != TableLayout.VERSION) {
            throw new ReplayException(
                    "replay table in %s has layout %d, this program reads layout %d"
                            .formatted(folder, version, TableLayout.VERSION));
        }
        TableCounters counters = new TableCounters();
        counters.size = buffer.getLong();
        counters.inserted = buffer.getLong();
        counters.duplicates = buffer.getLong();
        counters.sampled = buffer.getLong();
        counters.removed = buffer.getLong();
        counters.evicted = buffer.getLong();
        counters.usedUp = buffer.getLong();
        counters.nextSequence = buffer.getLong();
        return counters;
    }

    byte[] bytes() {
        return TableLayout.longs(
                TableLayout.VERSION,
                size,
                inserted,
                duplicates,
                sampled,
                removed,
                evicted,
                usedUp,
                nextSequence);
    }

    TableCounters copy() {
        return of(bytes(), Path.of(""));
    }

    ReplayStats stats() {
        return new ReplayStats(size, inserted, duplicates, sampled, removed, evicted, usedUp);
    }
}
