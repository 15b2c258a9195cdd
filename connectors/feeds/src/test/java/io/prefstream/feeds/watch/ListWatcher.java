package io.prefstream.feeds.watch;

import io.prefstream.schemas.RepoEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Watches lists that the test appends to; a look takes the {@code most} of them. */
final class ListWatcher implements Watcher {

    private final Map<String, List<String>> published = new ConcurrentHashMap<>();
    @Nullable Exception failure;
    @Nullable Duration pause;
    @Nullable String skipped;
    boolean letter;
    int most = Integer.MAX_VALUE;
    boolean closed;

    ListWatcher publish(String target, String... revisions) {
        published
                .computeIfAbsent(target, unused -> new CopyOnWriteArrayList<>())
                .addAll(List.of(revisions));
        return this;
    }

    @Override
    public void check(String target) throws IOException {
        if (!published.containsKey(target)) {
            throw new IOException("no list\n  called " + target);
        }
    }

    @Override
    public Look look(String target, SortedMap<String, String> seen) throws IOException {
        if (failure instanceof IOException transientFailure) {
            throw transientFailure;
        } else if (failure != null) {
            throw (RuntimeException) failure;
        }
        SortedMap<String, String> nowSeen = new TreeMap<>(seen);
        List<RepoEvent> events = new ArrayList<>();
        for (String revision : published.getOrDefault(target, List.of())) {
            if (!nowSeen.containsKey(revision)) {
                if (events.size() == most) {
                    return Look.part(events, nowSeen);
                }
                nowSeen.put(revision, "");
                events.add(Events.event(target, revision));
            }
        }
        Look all = new Look(events, nowSeen);
        if (skipped != null) {
            all = all.skipping(new TreeMap<>(Map.of(skipped, 7L)));
        }
        if (letter) {
            all = all.without(List.of(UnreadableParts.letter(target, 1, "x", "odd", Events.NOON)));
        }
        return pause == null ? all : all.pausing(pause);
    }

    @Override
    public void close() {
        closed = true;
    }
}
