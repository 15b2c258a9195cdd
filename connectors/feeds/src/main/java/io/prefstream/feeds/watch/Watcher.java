package io.prefstream.feeds.watch;

import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * Finds out what is new at a target. Called by one thread of the reader, which it may block; keeps
 * nothing of its own that a restart must not lose.
 */
public interface Watcher extends AutoCloseable {

    /**
     * Looks at a target.
     *
     * @param seen marks of the last look, in the watcher's own words; empty on the first
     * @throws IOException if it cannot be looked at now; nothing is lost, the next look finds it
     */
    Look look(String target, SortedMap<String, String> seen) throws IOException;

    /**
     * Makes sure that a target is there and can be read, without looking for what is new.
     *
     * @throws IOException with a message for people
     */
    void check(String target) throws IOException;

    /**
     * Which spans of a target are lost when a bounded feed gives it up.
     *
     * @param seen marks of the last look that succeeded
     * @param since when the first look failed
     * @param now when the last one did
     */
    default List<Span> lost(
            String target, SortedMap<String, String> seen, Instant since, Instant now) {
        return List.of(new Span(since, now));
    }

    @Override
    void close();

    /** A span of time, its end exclusive. */
    record Span(Instant from, Instant to) {}

    /** Opens the watcher where it runs. */
    interface Factory extends Serializable {
        Watcher open();
    }
}
