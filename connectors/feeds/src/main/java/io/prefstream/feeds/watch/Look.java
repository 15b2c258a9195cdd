package io.prefstream.feeds.watch;

import io.prefstream.schemas.RepoEvent;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a look found.
 *
 * @param events what is new, oldest first
 * @param seen marks with which the next look finds only what is newer
 */
public record Look(List<RepoEvent> events, SortedMap<String, String> seen) {

    public Look {
        events = List.copyOf(events);
        seen = Collections.unmodifiableSortedMap(new TreeMap<>(seen));
    }
}
