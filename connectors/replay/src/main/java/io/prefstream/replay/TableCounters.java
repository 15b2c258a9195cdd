package io.prefstream.replay;

import java.nio.ByteBuffer;

/** The counters of a table; saved with every update. */
final class TableCounters {

    long size;
    long inserted;
    long duplicates;
    long sampled;
    long removed;
    long evicted;
    long usedUp;
    long stale;
    long moved;

    /** The counters behind a table's number. */
    static TableCounters of(ByteBuffer buffer) {
        TableCounters counters = new TableCounters();
        counters.size = buffer.getLong();
        counters.inserted = buffer.getLong();
        counters.duplicates = buffer.getLong();
        counters.sampled = buffer.getLong();
        counters.removed = buffer.getLong();
        counters.evicted = buffer.getLong();
        counters.usedUp = buffer.getLong();
        counters.stale = buffer.getLong();
        counters.moved = buffer.getLong();
        return counters;
    }

    /** The table's number and these. */
    byte[] bytes(int table) {
        return TableLayout.longs(
                table, size, inserted, duplicates, sampled, removed, evicted, usedUp, stale, moved);
    }

    ReplayStats stats() {
        return new ReplayStats(
                size, inserted, duplicates, sampled, removed, evicted, usedUp, stale, moved);
    }

    static TableCounters of(ReplayStats stats) {
        TableCounters counters = new TableCounters();
        counters.size = stats.size();
        counters.inserted = stats.inserted();
        counters.duplicates = stats.duplicates();
        counters.sampled = stats.sampled();
        counters.removed = stats.removed();
        counters.evicted = stats.evicted();
        counters.usedUp = stats.usedUp();
        counters.stale = stats.stale();
        counters.moved = stats.moved();
        return counters;
    }
}
