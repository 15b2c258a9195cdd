package io.prefstream.flight;

import java.time.Duration;
import java.util.List;
import java.util.Map;
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

    /**
     * Sets priorities, at least 0 and finite, as one change; pairs that have left the table are
     * passed over.
     *
     * @param table one of {@link #sizes()}
     * @param priorities by the pair's id
     * @return how many pairs the table holds of them
     * @throws IllegalArgumentException if the table draws without priorities
     * @throws IllegalStateException if the table has failed
     */
    int prioritize(String table, Map<String, Double> priorities);
}
