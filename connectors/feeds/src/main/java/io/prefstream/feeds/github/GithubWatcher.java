package io.prefstream.feeds.github;

import io.prefstream.content.http.HttpAccess;
import io.prefstream.content.http.HttpAnswer;
import io.prefstream.feeds.watch.FeedClock;
import io.prefstream.feeds.watch.FeedEvents;
import io.prefstream.feeds.watch.Look;
import io.prefstream.feeds.watch.Watcher;
import io.prefstream.schemas.RepoEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks GitHub's Events API. A target is a path below the API's address: {@code events}, {@code
 * repos/O/N/events}, {@code orgs/O/events}.
 *
 * <p>Marks: see {@link EventWindow}. Pages are read until one holds an event that was seen; when
 * none of what GitHub gives (300 events, none older than 30 days) was seen, a gap is reported. The
 * marks change only when a look was made to its end, so a page that fails is asked for again.
 */
final class GithubWatcher implements Watcher {

    static final String FEED = "github";

    static final int MAX_PAGES = 3;

    /** Older events are not in any list, however short it is. */
    private static final Duration KEPT = Duration.ofDays(30);

    private static final int BEYOND_THE_LAST_PAGE = 422;

    private final GithubApi api;
    private final Settings settings;

    private GithubWatcher(Settings settings) {
        this.settings = settings;
        this.api = new GithubApi(settings);
    }

    /**
     * How to ask.
     *
     * @param api address of the API, such as {@code https://api.github.com}
     * @param repositories address of the repositories, such as {@code https://github.com}
     * @param token reads the token, each time it is needed
     * @param initialEvents how many of the newest events a first look takes at most
     */
    record Settings(
            String api,
            String repositories,
            HttpAccess access,
            Token token,
            int initialEvents,
            FeedClock clock)
            implements Watcher.Factory {
        @Override
        public Watcher open() {
            return new GithubWatcher(this);
        }
    }

    @Override
    public void check(String target) throws IOException {
        try (HttpAnswer answer = api.ask(target, 1, null)) {
            api.requireOk(target, answer);
        }
    }

    @Override
    public Look look(String target, SortedMap<String, String> seen) throws IOException {
        EventWindow window = EventWindow.of(seen);
        EventPages found = new EventPages(api.address(target), window.ids(), settings);
        String etag = null;
        Duration pause = null;
        boolean complete = false;
        Instant serverTime = settings.clock().now();
        for (int page = 1; page <= MAX_PAGES; page++) {
            try (HttpAnswer answer = api.ask(target, page, page == 1 ? window.etag() : null)) {
                if (page == 1) {
                    pause = api.pause(answer);
                    if (answer.status() == 304) {
                        return pausing(new Look(List.of(), seen), pause);
                    }
                    etag = answer.header("ETag").orElse(null);
                    serverTime = api.time(answer);
                } else if (answer.status() == BEYOND_THE_LAST_PAGE) {
                    break;
                }
                api.requireOk(target, answer);
                found.add(answer.bytes(), page);
                boolean last = !answer.header("Link").orElse("").contains("rel=\"next\"");
                complete = last && page < MAX_PAGES;
                boolean enough =
                        window.isEmpty()
                                ? found.fresh() >= settings.initialEvents()
                                : found.overlaps();
                if (enough || last) {
                    break;
                }
            }
        }
        List<RepoEvent> published =
                found.publications(window.isEmpty() ? settings.initialEvents() : Integer.MAX_VALUE);
        List<RepoEvent> events = new ArrayList<>();
        RepoEvent gap =
                window.isEmpty() || found.overlaps()
                        ? null
                        : gap(target, window, found, complete ? serverTime.minus(KEPT) : null);
        if (gap != null) {
            events.add(gap);
        }
        events.addAll(published);
        Look look = new Look(events, window.after(found, etag).marks());
        return pausing(look.without(found.unreadable()).skipping(found.skipped()), pause);
    }

    @Override
    public void close() {
        api.close();
    }

    /**
     * The gap between what was seen and what is shown.
     *
     * @param keptSince of a list that was read to its end: when it begins; null where GitHub cuts
     *     it off
     */
    private @Nullable RepoEvent gap(
            String target, EventWindow window, EventPages found, @Nullable Instant keptSince) {
        Instant from = window.newest();
        Instant to = keptSince == null ? found.oldest() : keptSince;
        if (from == null || to == null || to.isBefore(from)) {
            return null;
        }
        String why =
                keptSince == null
                        ? "more events than GitHub gives (%d pages) came between two looks"
                                .formatted(MAX_PAGES)
                        : "GitHub gives no events older than %d days".formatted(KEPT.toDays());
        return FeedEvents.gap(FEED, target, from, to, why, settings.clock().now());
    }

    private static Look pausing(Look look, @Nullable Duration pause) {
        return pause == null ? look : look.pausing(pause);
    }
}
