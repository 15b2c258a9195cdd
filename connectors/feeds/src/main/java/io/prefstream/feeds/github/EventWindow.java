package io.prefstream.feeds.github;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a target, as marks: {@code etag} of the first page, {@code ids} of the newest
 * events (twice as many as GitHub gives, some 8 kB), {@code newest} of their times.
 */
record EventWindow(@Nullable String etag, Set<String> ids, @Nullable Instant newest) {

    private static final int MAX_IDS = 2 * GithubApi.PAGE * GithubWatcher.MAX_PAGES;

    static EventWindow of(SortedMap<String, String> marks) {
        String ids = marks.get("ids");
        String newest = marks.get("newest");
        return new EventWindow(
                marks.get("etag"),
                ids == null ? Set.of() : new LinkedHashSet<>(List.of(ids.split(","))),
                newest == null ? null : Instant.parse(newest));
    }

    /** Whether nothing was seen yet, so that there is nothing that a look could join. */
    boolean isEmpty() {
        return ids.isEmpty();
    }

    EventWindow after(EventPages found, @Nullable String newEtag) {
        Set<String> all = new LinkedHashSet<>(found.ids());
        all.addAll(ids);
        Instant latest = found.newest();
        return new EventWindow(
                newEtag,
                new LinkedHashSet<>(all.stream().limit(MAX_IDS).toList()),
                latest == null || (newest != null && newest.isAfter(latest)) ? newest : latest);
    }

    SortedMap<String, String> marks() {
        SortedMap<String, String> marks = new TreeMap<>();
        if (etag != null) {
            marks.put("etag", etag);
        }
        if (!ids.isEmpty()) {
            marks.put("ids", String.join(",", ids));
        }
        if (newest != null) {
            marks.put("newest", newest.toString());
        }
        return marks;
    }
}
