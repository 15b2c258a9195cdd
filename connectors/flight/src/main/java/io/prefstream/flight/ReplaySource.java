package io.prefstream.flight;

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/** Tables that can be drawn from. Any thread. */
public interface ReplaySource {

    /** Pairs that each table holds, by the table's name. */
    SortedMap<String, Long> sizes();

    /**
     * Draws pairs, as soon as the table lets it.
     *
     * @param table one of {@link #sizes()}
     * @param wait for which it waits for pairs to come
     * @return {@code count} pairs, or none where the table let nobody draw within the wait
     * @throws IllegalStateException if the table has failed
     */
    List<DrawnPair> draw(String table, int count, RandomGenerator random, Duration wait)
            throws InterruptedException;
}
