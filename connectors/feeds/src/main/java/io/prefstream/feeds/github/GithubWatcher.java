package io.prefstream.feeds.github;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.content.http.HttpAccess;
import io.prefstream.content.http.HttpAnswer;
import io.prefstream.content.http.HttpFetcher;
import io.prefstream.feeds.watch.FeedClock;
import io.prefstream.feeds.watch.FeedEvents;
import io.prefstream.feeds.watch.Look;
import io.prefstream.feeds.watch.RetryLaterException;
import io.prefstream.feeds.watch.UnreadableParts;
import io.prefstream.feeds.watch.Watcher;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.RepoEvent;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks GitHub's Events API. A target is a path below the API's address: {@code events}, {@code
 * repos/O/N/events}, {@code orgs/O/events}.
 *
 * <p>Marks: {@code etag} of the first page, {@code ids} of the newest events, {@code newest} of
 * their times. Pages are read until one holds an event that was seen; when even the last page
 * (GitHub gives 300 events) has none, a gap is reported. One request at a time, as GitHub asks.
 */
final class GithubWatcher implements Watcher {

    static final String FEED = "github";

    private static final int PAGE = 100;
    private static final int MAX_PAGES = 3;
    private static final int MAX_IDS = 2 * PAGE * MAX_PAGES;
    private static final long MAX_BYTES = 32L << 20;

    /** What GitHub asks to wait for after a limit for which it names no time. */
    private static final Duration UNNAMED_LIMIT = Duration.ofMinutes(1);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpFetcher web;
    private final Settings settings;

    private GithubWatcher(Settings settings) {
        this.settings = settings;
        this.web = HttpFetcher.open(settings.access());
    }

    /**
     * How to ask.
     *
     * @param api address of the API, such as {@code https://api.github.com}
     * @param repositories address of the repositories, such as {@code https://github.com}
     * @param token reads the token, each time it is needed
     */
    record Settings(
            String api, String repositories, HttpAccess access, Token token, FeedClock clock)
            implements Watcher.Factory {
        @Override
        public Watcher open() {
            return new GithubWatcher(this);
        }
    }

    @Override
    public void check(String target) throws IOException {
        try (HttpAnswer answer = ask(target, 1, null)) {
            requireOk(target, answer);
        }
    }

    @Override
    public Look look(String target, SortedMap<String, String> seen) throws IOException {
        Window window = Window.of(seen);
        Findings found = new Findings(settings.api() + "/" + target, window.ids());
        String etag = null;
        Duration pause = null;
        boolean overlaps = window.ids().isEmpty(); // a first look has nothing to join
        for (int page = 1; page <= MAX_PAGES; page++) {
            try (HttpAnswer answer = ask(target, page, page == 1 ? window.etag() : null)) {
                if (page == 1) {
                    pause = pause(answer);
                    if (answer.status() == 304) {
                        return pausing(new Look(List.of(), seen), pause);
                    }
                    etag = answer.header("ETag").orElse(null);
                }
                requireOk(target, answer);
                boolean joins = found.add(answer.bytes());
                boolean last = !answer.header("Link").orElse("").contains("rel=\"next\"");
                overlaps |= joins;
                if (overlaps || last) {
                    break;
                }
            }
        }
        List<RepoEvent> events = new ArrayList<>();
        Instant oldest = found.oldest();
        Instant newest = window.newest();
        if (!overlaps && newest != null && oldest != null && newest.isBefore(oldest)) {
            events.add(
                    FeedEvents.gap(
                            FEED,
                            target,
                            newest,
                            oldest,
                            "more events than GitHub gives (%d pages) came between two looks"
                                    .formatted(MAX_PAGES),
                            settings.clock().now()));
        }
        events.addAll(found.publications());
        Look look = new Look(events, window.after(found, etag).marks());
        return pausing(look.without(found.unreadable()), pause);
    }

    private static Look pausing(Look look, @Nullable Duration pause) {
        return pause == null ? look : look.pausing(pause);
    }

    @Override
    public void close() {
        web.close();
    }

    private HttpAnswer ask(String target, int page, @Nullable String etag) throws IOException {
        Map<String, String> headers = new HashMap<>();
        headers.put("Accept", "application/vnd.github+json");
        headers.put("X-GitHub-Api-Version", "2022-11-28");
        String token = settings.token().read();
        if (token != null) {
            headers.put("Authorization", "Bearer " + token);
        }
        if (etag != null) {
            headers.put("If-None-Match", etag);
        }
        URI uri =
                URI.create(
                        "%s/%s?per_page=%d&page=%d".formatted(settings.api(), target, PAGE, page));
        return web.get(uri, headers, MAX_BYTES);
    }

    /**
     * How long to leave the API alone: what it asks, and longer when its limit is used up; null if
     * it says nothing.
     */
    private @Nullable Duration pause(HttpAnswer answer) {
        Duration asked = answer.header("X-Poll-Interval").map(GithubWatcher::seconds).orElse(null);
        Duration reset = untilReset(answer);
        if (asked == null || reset == null) {
            return asked == null ? reset : asked;
        }
        return reset.compareTo(asked) > 0 ? reset : asked;
    }

    /** Time until the rate limit is reset, by the server's clock; null if it isn't used up. */
    private @Nullable Duration untilReset(HttpAnswer answer) {
        if (!answer.header("X-RateLimit-Remaining").orElse("").equals("0")) {
            return null;
        }
        Instant reset =
                answer.header("X-RateLimit-Reset")
                        .map(text -> Instant.EPOCH.plus(seconds(text)))
                        .orElse(null);
        if (reset == null) {
            return null;
        }
        Duration left = Duration.between(now(answer), reset);
        return left.isNegative() ? Duration.ZERO : left.plusSeconds(1);
    }

    private Instant now(HttpAnswer answer) {
        try {
            return answer.header("Date")
                    .map(
                            date ->
                                    ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                                            .toInstant())
                    .orElseGet(settings.clock()::now);
        } catch (DateTimeException e) {
            return settings.clock().now();
        }
    }

    private void requireOk(String target, HttpAnswer answer) throws IOException {
        int status = answer.status();
        if (status == 200) {
            return;
        }
        String where = settings.api() + "/" + target;
        if (status == 403 || status == 429) {
            Duration named = answer.header("Retry-After").map(GithubWatcher::seconds).orElse(null);
            Duration reset = untilReset(answer);
            Duration pause = named != null ? named : reset != null ? reset : UNNAMED_LIMIT;
            throw new RetryLaterException(
                    "%s answered %d: a rate limit, or a token without rights; next try in %d s"
                            .formatted(where, status, pause.toSeconds()),
                    pause);
        }
        if (status == 401) {
            throw new IOException(where + " answered 401: the token is not valid");
        }
        if (status == 404) {
            throw new IOException("no " + where + ": it answered 404");
        }
        throw new IOException(where + " answered " + status);
    }

    private static Duration seconds(String text) {
        try {
            return Duration.ofSeconds(Math.max(0, Long.parseLong(text.strip())));
        } catch (NumberFormatException e) {
            return UNNAMED_LIMIT;
        }
    }

    /** What a look finds, page after page. */
    private final class Findings {
        private final String address;
        private final Set<String> known;
        private final Set<String> ids = new LinkedHashSet<>();
        private final List<GithubEvent> fresh = new ArrayList<>();
        private final List<DeadLetter> unreadable = new ArrayList<>();

        Findings(String address, Set<String> known) {
            this.address = address;
            this.known = known;
        }

        /** Whether the page holds an event that was seen before. */
        boolean add(byte[] page) throws IOException {
            JsonNode events;
            try {
                events = JSON.readTree(page);
            } catch (JsonProcessingException e) {
                throw new IOException(address + " did not answer JSON: " + e.getOriginalMessage());
            }
            if (events == null || !events.isArray()) {
                throw new IOException(address + " did not answer a list of events");
            }
            boolean joins = false;
            for (JsonNode json : events) {
                try {
                    GithubEvent event = GithubEvent.of(json);
                    joins |= known.contains(event.id());
                    if (ids.add(event.id()) && !known.contains(event.id())) {
                        fresh.add(event);
                    }
                } catch (MalformedEventException e) {
                    letter(json, e);
                }
            }
            return joins;
        }

        @Nullable Instant oldest() {
            return fresh.stream()
                    .map(GithubEvent::createdAt)
                    .min(Comparator.naturalOrder())
                    .orElse(null);
        }

        @Nullable Instant newest() {
            return fresh.stream()
                    .map(GithubEvent::createdAt)
                    .max(Comparator.naturalOrder())
                    .orElse(null);
        }

        /** Oldest first; a commit that several events name, once. */
        List<RepoEvent> publications() {
            fresh.sort(Comparator.comparing(GithubEvent::createdAt).thenComparing(GithubEvent::id));
            Map<String, RepoEvent> byId = new LinkedHashMap<>();
            for (GithubEvent event : fresh) {
                try {
                    for (RepoEvent published :
                            event.publications(
                                    FEED, settings.repositories(), settings.clock().now())) {
                        byId.putIfAbsent(published.getId(), published);
                    }
                } catch (MalformedEventException e) {
                    letter(event.json(), e);
                }
            }
            return List.copyOf(byId.values());
        }

        List<DeadLetter> unreadable() {
            return unreadable;
        }

        private void letter(JsonNode json, MalformedEventException why) {
            unreadable.add(
                    UnreadableParts.letter(
                            address,
                            unreadable.size(),
                            json.toString(),
                            String.valueOf(why.getMessage()),
                            settings.clock().now()));
        }
    }

    /** What was seen. */
    private record Window(@Nullable String etag, Set<String> ids, @Nullable Instant newest) {

        static Window of(SortedMap<String, String> marks) {
            String ids = marks.get("ids");
            String newest = marks.get("newest");
            return new Window(
                    marks.get("etag"),
                    ids == null ? Set.of() : new LinkedHashSet<>(List.of(ids.split(","))),
                    newest == null ? null : Instant.parse(newest));
        }

        Window after(Findings found, @Nullable String newEtag) {
            Set<String> all = new LinkedHashSet<>(found.ids);
            all.addAll(ids);
            Instant latest = found.newest();
            return new Window(
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
}
