package io.prefstream.feeds.watch;

import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.RepoEvent;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a look found.
 *
 * @param events what is new, oldest first
 * @param unreadable parts that could not be read; a dead letter's topic is the address, its offset
 *     the line there
 * @param seen marks with which the next look finds only what is newer
 * @param unfinished whether the look left something to the next one, so that a bounded feed must
 *     look again
 * @param pause time until the next look, where the target has a say in it; null for the feed's poll
 *     interval
 * @param skipped how much was passed over on purpose, by reason in kebab case; for metrics
 */
public record Look(
        List<RepoEvent> events,
        List<DeadLetter> unreadable,
        SortedMap<String, String> seen,
        boolean unfinished,
        @Nullable Duration pause,
        SortedMap<String, Long> skipped) {

    public Look {
        events = List.copyOf(events);
        unreadable = List.copyOf(unreadable);
        seen = Collections.unmodifiableSortedMap(new TreeMap<>(seen));
        skipped = Collections.unmodifiableSortedMap(new TreeMap<>(skipped));
        if (pause != null && pause.isNegative()) {
            throw new IllegalArgumentException("pause must not be negative, got " + pause);
        }
    }

    /** A look that found all there is. */
    public Look(List<RepoEvent> events, SortedMap<String, String> seen) {
        this(events, List.of(), seen, false, null, new TreeMap<>());
    }

    /** A look that took a part, so that memory stays bounded; the next one follows at once. */
    public static Look part(List<RepoEvent> events, SortedMap<String, String> seen) {
        return new Look(events, List.of(), seen, true, Duration.ZERO, new TreeMap<>());
    }

    /** The same, with what could not be read. */
    public Look without(List<DeadLetter> parts) {
        return new Look(events, parts, seen, unfinished, pause, skipped);
    }

    /** A look after which the target wants to be left alone for a while. */
    public Look pausing(Duration atLeast) {
        return new Look(events, unreadable, seen, unfinished, atLeast, skipped);
    }

    /** The same, with counts of what was passed over. */
    public Look skipping(SortedMap<String, Long> counts) {
        return new Look(events, unreadable, seen, unfinished, pause, counts);
    }

    /** The same, but there is more to come: a bounded feed must look again. */
    public Look waiting() {
        return new Look(events, unreadable, seen, true, pause, skipped);
    }
}
