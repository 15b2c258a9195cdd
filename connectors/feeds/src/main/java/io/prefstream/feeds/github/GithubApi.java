package io.prefstream.feeds.github;

import io.prefstream.content.http.HttpAnswer;
import io.prefstream.content.http.HttpFetcher;
import io.prefstream.feeds.watch.RetryLaterException;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks GitHub's API as its best practices say: one request at a time, none before a limit is over,
 * and by the server's clock, since a reset is a time of the server's. A limit holds for all
 * targets. Source: GitHub's "Best practices for using the REST API" and "Rate limits".
 */
final class GithubApi implements AutoCloseable {

    static final int PAGE = 100;

    private static final long MAX_BYTES = 32L << 20;

    /** What GitHub asks to wait for after a limit for which it names no time; doubled each time. */
    private static final Duration UNNAMED_LIMIT = Duration.ofMinutes(1);

    private static final int MAX_DOUBLINGS = 6;

    private final GithubWatcher.Settings settings;
    private final HttpFetcher web;
    private Instant notBefore = Instant.MIN;
    private int unnamedLimits;

    GithubApi(GithubWatcher.Settings settings) {
        this.settings = settings;
        this.web = HttpFetcher.open(settings.access());
    }

    /** The address of a target's list. */
    String address(String target) {
        return settings.api() + "/" + target;
    }

    /**
     * Asks for a page.
     *
     * @param etag of the answer that is known; null for none
     * @throws RetryLaterException without a request while a limit lasts
     */
    HttpAnswer ask(String target, int page, @Nullable String etag) throws IOException {
        Instant now = settings.clock().now();
        if (now.isBefore(notBefore)) {
            throw new RetryLaterException(
                    "the rate limit of %s lasts until %s".formatted(settings.api(), notBefore),
                    Duration.between(now, notBefore));
        }
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
        URI uri = URI.create("%s?per_page=%d&page=%d".formatted(address(target), PAGE, page));
        HttpAnswer answer = web.get(uri, headers, MAX_BYTES);
        Duration reset = untilReset(answer);
        if (reset != null) {
            notBefore = now.plus(reset);
        }
        return answer;
    }

    /**
     * How long to leave the API alone: what it asks, and longer when its limit is used up; null if
     * it says nothing.
     */
    @Nullable Duration pause(HttpAnswer answer) {
        Duration asked = answer.header("X-Poll-Interval").map(GithubApi::seconds).orElse(null);
        Duration reset = untilReset(answer);
        if (asked == null || reset == null) {
            return asked == null ? reset : asked;
        }
        return reset.compareTo(asked) > 0 ? reset : asked;
    }

    /**
     * Makes sure that the answer holds what was asked for.
     *
     * @throws RetryLaterException if it says when to come back
     */
    void requireOk(String target, HttpAnswer answer) throws IOException {
        int status = answer.status();
        if (status == 200) {
            unnamedLimits = 0;
            return;
        }
        String where = address(target);
        if (status == 403 || status == 429) {
            Duration pause = limit(answer);
            notBefore = settings.clock().now().plus(pause);
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
        Duration named = answer.header("Retry-After").map(GithubApi::seconds).orElse(null);
        if (named != null) {
            throw new RetryLaterException(where + " answered " + status, named);
        }
        throw new IOException(where + " answered " + status);
    }

    /** The server's time; ours if it doesn't say. */
    Instant time(HttpAnswer answer) {
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

    @Override
    public void close() {
        web.close();
    }

    private Duration limit(HttpAnswer answer) {
        Duration named = answer.header("Retry-After").map(GithubApi::seconds).orElse(null);
        if (named != null) {
            return named;
        }
        Duration reset = untilReset(answer);
        if (reset != null) {
            return reset;
        }
        return UNNAMED_LIMIT.multipliedBy(1L << Math.min(unnamedLimits++, MAX_DOUBLINGS));
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
        Duration left = Duration.between(time(answer), reset);
        return left.isNegative() ? Duration.ZERO : left.plusSeconds(1);
    }

    private static Duration seconds(String text) {
        try {
            return Duration.ofSeconds(Math.max(0, Long.parseLong(text.strip())));
        } catch (NumberFormatException e) {
            return UNNAMED_LIMIT;
        }
    }
}
