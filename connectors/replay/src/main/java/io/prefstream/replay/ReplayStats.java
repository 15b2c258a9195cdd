package io.prefstream.replay;

import java.util.List;

/**
 * Counters since a table was first created. At every moment {@code inserted = size + removed +
 * evicted + usedUp + stale + moved}.
 *
 * <p>Of a whole buffer: {@code inserted} counts what came in from outside, {@code moved} is 0, and
 * the others are sums over its tables.
 *
 * @param size items in the table
 * @param inserted items that came in, duplicates not counted
 * @param duplicates insertions of a key that was in the table already
 * @param sampled samples handed out
 * @param removed items taken out by key or repository
 * @param evicted items that capacity pushed out
 * @param usedUp items that left after their last permitted use
 * @param stale items that left because they were too old
 * @param moved items that went on to the overflow table instead of leaving for any of these reasons
 */
public record ReplayStats(
        long size,
        long inserted,
        long duplicates,
        long sampled,
        long removed,
        long evicted,
        long usedUp,
        long stale,
        long moved) {

    /** Of a buffer whose tables count this. */
    static ReplayStats total(List<ReplayStats> tables) {
        return tables.stream().reduce(ReplayStats::with).orElseThrow();
    }

    private ReplayStats with(ReplayStats other) {
        return new ReplayStats(
                size + other.size,
                inserted - moved + other.inserted - other.moved,
                duplicates + other.duplicates,
                sampled + other.sampled,
                removed + other.removed,
                evicted + other.evicted,
                usedUp + other.usedUp,
                stale + other.stale,
                0);
    }
}
