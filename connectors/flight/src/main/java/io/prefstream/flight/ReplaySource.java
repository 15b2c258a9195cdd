package io.prefstream.flight;

import java.util.Map;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/** Tables that can be drawn from. Any thread. */
public interface ReplaySource {

    /** Pairs of a record batch, whatever the table. */
    int LARGEST_DRAW = 8_192;

    /** Pairs that each table holds, by the table's name. */
    SortedMap<String, Long> sizes();

    /**
     * Pairs that may be drawn at once at most, {@link #LARGEST_DRAW} or less.
     *
     * @param table one of {@link #sizes()}
     */
    int largestDraw(String table);

    /**
     * A draw that is made as soon as the table lets it.
     *
     * @param table one of {@link #sizes()}
     * @param count {@link #largestDraw} at most
     */
    PendingPairs draw(String table, int count, RandomGenerator random);

    /**
     * Sets priorities, at least 0 and finite, as one change; pairs that have left the table are
     * passed over.
     *
     * @param table one of {@link #sizes()}
     * @param priorities by the pair's id
     * @return how many pairs the table holds of them
     * @throws IllegalArgumentException if the table takes no priorities
     * @throws IllegalStateException if the table has failed
     */
    int prioritize(String table, Map<String, Double> priorities);

    /**
     * Changes when draws and insertions wait, from now on; who waits is judged by it at once.
     *
     * @param table one of {@link #sizes()}
     * @param changes by setting; none to ask what they are
     * @return all settings of the limiter as they are then
     * @throws IllegalArgumentException with one line that names setting, value and limit; nothing
     *     is changed then
     */
    SortedMap<String, String> limit(String table, Map<String, String> changes);
}
