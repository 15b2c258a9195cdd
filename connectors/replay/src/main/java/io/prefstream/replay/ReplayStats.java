package io.prefstream.replay;

/**
 * Counters of a table since it was first created. At every moment {@code inserted = size + removed
 * + evicted + usedUp}.
 *
 * @param size items in the table
 * @param inserted items that came in, duplicates not counted
 * @param duplicates insertions of a key that was in the table already
 * @param sampled samples handed out
 * @param removed items taken out by key
 * @param evicted items that capacity pushed out
 * @param usedUp items that left after their last permitted use
 */
public record ReplayStats(
        long size,
        long inserted,
        long duplicates,
        long sampled,
        long removed,
        long evicted,
        long usedUp) {}
