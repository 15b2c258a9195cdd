package io.prefstream.feeds.github;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.feeds.watch.UnreadableParts;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.RepoEvent;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a look finds, page after page. Events may be repeated where one page ends and the next
 * begins, and out of order; each counts once.
 */
final class EventPages {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final String address;
    private final Set<String> known;
    private final GithubWatcher.Settings settings;
    private final Set<String> ids = new LinkedHashSet<>();
    private final List<Placed> fresh = new ArrayList<>();
    private final List<DeadLetter> unreadable = new ArrayList<>();
    private final SortedMap<String, Long> skipped = new TreeMap<>();
    private boolean overlaps;

    /** An event and its number in the list, the first being 1. */
    private record Placed(GithubEvent event, long line) {}

    EventPages(String address, Set<String> known, GithubWatcher.Settings settings) {
        this.address = address;
        this.known = known;
        this.settings = settings;
    }

    /**
     * Takes a page.
     *
     * @throws IOException if it is no list of events
     */
    void add(byte[] page, int number) throws IOException {
        JsonNode events;
        try {
            events = JSON.readTree(page);
        } catch (JsonProcessingException e) {
            throw new IOException(address + " did not answer JSON: " + e.getOriginalMessage());
        }
        if (events == null || !events.isArray()) {
            throw new IOException(address + " did not answer a list of events");
        }
        long line = (number - 1L) * GithubApi.PAGE;
        for (JsonNode json : events) {
            line++;
            try {
                GithubEvent event = GithubEvent.of(json);
                if (isFresh(event.id())) {
                    fresh.add(new Placed(event, line));
                }
            } catch (MalformedEventException e) {
                // Without an id to know it by again: by its content, lest each look reports it.
                if (isFresh("x" + ContentId.of(json.toString()).substring(0, 16))) {
                    letter(json, line, e);
                }
            }
        }
    }

    private boolean isFresh(String id) {
        boolean seen = known.contains(id);
        overlaps |= seen;
        return ids.add(id) && !seen;
    }

    /** Whether a page held an event that was seen before. */
    boolean overlaps() {
        return overlaps;
    }

    /** How many events are new. */
    int fresh() {
        return fresh.size();
    }

    /** All events of the pages, newest first. */
    Set<String> ids() {
        return ids;
    }

    @Nullable Instant oldest() {
        return fresh.stream()
                .map(placed -> placed.event().createdAt())
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    @Nullable Instant newest() {
        return fresh.stream()
                .map(placed -> placed.event().createdAt())
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    /**
     * Of the newest events, oldest first; a commit that several events name, once.
     *
     * @param most how many events count
     */
    List<RepoEvent> publications(int most) {
        List<Placed> sorted = new ArrayList<>(fresh);
        sorted.sort(
                Comparator.comparing((Placed placed) -> placed.event().createdAt())
                        .thenComparing(placed -> placed.event().id()));
        Map<String, RepoEvent> byId = new LinkedHashMap<>();
        for (Placed placed : sorted.subList(Math.max(0, sorted.size() - most), sorted.size())) {
            try {
                GithubEvent.Reading reading =
                        placed.event()
                                .read(
                                        GithubWatcher.FEED,
                                        settings.repositories(),
                                        settings.clock().now());
                reading.events().forEach(event -> byId.putIfAbsent(event.getId(), event));
                if (reading.skip() != null) {
                    skipped.merge(reading.skip().code(), 1L, Long::sum);
                }
            } catch (MalformedEventException e) {
                letter(placed.event().json(), placed.line(), e);
            }
        }
        return List.copyOf(byId.values());
    }

    List<DeadLetter> unreadable() {
        return unreadable;
    }

    /** What {@link #publications} passed over, by reason. */
    SortedMap<String, Long> skipped() {
        return skipped;
    }

    private void letter(JsonNode json, long line, MalformedEventException why) {
        unreadable.add(
                UnreadableParts.letter(
                        address,
                        line,
                        json.toString(),
                        String.valueOf(why.getMessage()),
                        settings.clock().now()));
    }
}
