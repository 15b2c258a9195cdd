package io.prefstream.feeds.watch;

import io.prefstream.schemas.FeedOutput;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A split while it is read. Changed by the task's thread alone. */
final class Watched {

    final String name;
    final Deque<FeedOutput> pending;
    SortedMap<String, String> seen;
    boolean looked;
    Duration pause = Duration.ZERO;
    int failures;
    @Nullable Instant failingSince;

    Watched(WatchSplit split) {
        this.name = split.target();
        this.pending = new ArrayDeque<>(split.pending());
        this.seen = new TreeMap<>(split.seen());
        this.looked = split.looked();
    }

    WatchSplit snapshot() {
        return new WatchSplit(name, seen, List.copyOf(pending), looked);
    }
}
