package io.prefstream.feeds.watch;

import io.prefstream.schemas.FeedOutput;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * A target and all that a restart must know of it.
 *
 * <p>Events that a look found but that were not emitted yet are part of the state, as they are: a
 * restored reader emits exactly those, though the target may have moved on. A split is as large as
 * the events of one look, some 300 bytes each.
 *
 * @param target what is watched; also the split's id
 * @param seen the watcher's marks after the last look
 * @param pending found by that look and not emitted yet, oldest first
 * @param looked whether a bounded feed's one look has been made
 */
public record WatchSplit(
        String target, SortedMap<String, String> seen, List<FeedOutput> pending, boolean looked)
        implements SourceSplit {

    public WatchSplit {
        seen = Collections.unmodifiableSortedMap(new TreeMap<>(seen));
        pending = List.copyOf(pending);
    }

    static WatchSplit unseen(String target) {
        return new WatchSplit(target, new TreeMap<>(), List.of(), false);
    }

    @Override
    public String splitId() {
        return target;
    }
}
