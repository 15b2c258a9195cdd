package io.prefstream.feeds.watch;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the enumerator must not forget.
 *
 * @param assigned targets that a reader has, or had when the checkpoint was taken
 * @param returned splits that came back from a failed reader and wait for another
 */
public record WatchAssignments(SortedSet<String> assigned, List<WatchSplit> returned) {

    public WatchAssignments {
        assigned = Collections.unmodifiableSortedSet(new TreeSet<>(assigned));
        returned = List.copyOf(returned);
    }

    static WatchAssignments none() {
        return new WatchAssignments(new TreeSet<>(Set.of()), List.of());
    }
}
