package io.prefstream.feeds.github;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.content.testing.RawHttpServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * GitHub's Events API as its documentation describes it: newest events first, in pages, three at
 * most; ETag and 304; {@code X-Poll-Interval}; limits with {@code Retry-After} or a reset time.
 */
public final class GithubOnLoopback implements AutoCloseable {

    public static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PAGE = Pattern.compile("[?&]page=(\\d+)");
    private static final int PAGES = 3;

    private final RawHttpServer server = new RawHttpServer();
    private final int pageSize;
    private final Map<String, List<ObjectNode>> events = new LinkedHashMap<>();
    private final Deque<RawHttpServer.Answer> instead = new ArrayDeque<>();
    private @Nullable String pollInterval;
    private @Nullable String date;
    private int untouched;
    private int made;

    public GithubOnLoopback(int pageSize) {
        this.pageSize = pageSize;
    }

    public String address() {
        return server.uri("").toString();
    }

    public List<RawHttpServer.Request> requests() {
        return server.requests();
    }

    /** A push in the form since October 2025: the new head and the old one, no commits. */
    public synchronized String push(String repository) {
        String commit = "%040x".formatted(++made);
        ObjectNode event = event(repository, "PushEvent");
        event.putObject("payload")
                .put("repository_id", 1)
                .put("push_id", made)
                .put("ref", "refs/heads/main")
                .put("head", commit)
                .put("before", "%040x".formatted(made - 1));
        add(repository, event);
        return commit;
    }

    /** An event with a payload of the test's. */
    public synchronized ObjectNode event(String repository, String type) {
        ObjectNode event = JSON.createObjectNode();
        event.put("id", Integer.toString(1_000_000 + made)).put("type", type).put("public", true);
        event.putObject("actor").put("id", 1).put("login", "someone");
        event.putObject("repo").put("id", 7).put("name", repository);
        event.put("created_at", NOON.plusSeconds(made).toString());
        return event;
    }

    /** Puts an event into the repository's list and that of all public ones. */
    public synchronized void add(String repository, ObjectNode event) {
        for (String path : List.of("/repos/" + repository + "/events", "/events")) {
            events.computeIfAbsent(path, unused -> new ArrayList<>()).add(0, event);
            server.on(path, (request, out) -> next(path, request).write(request, out));
        }
    }

    /** The next request is answered so. */
    public synchronized void answerOnce(RawHttpServer.Answer answer) {
        instead.add(answer);
    }

    /** The request after so many others is answered so. */
    public synchronized void answerLater(int after, RawHttpServer.Answer answer) {
        untouched = after;
        instead.add(answer);
    }

    /** The newest event of a repository. */
    public synchronized ObjectNode newest(String repository) {
        return events.get("/repos/" + repository + "/events").get(0);
    }

    /** Shows none of a repository's events so far any more. */
    public synchronized void forget(String repository) {
        events.get("/repos/" + repository + "/events").clear();
    }

    /** What answers give as their time. */
    public synchronized void date(Instant time) {
        date = header(time);
    }

    public synchronized void pollInterval(int seconds) {
        pollInterval = Integer.toString(seconds);
    }

    /** The header of an answer at a time. */
    public static String header(Instant time) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private synchronized RawHttpServer.Answer next(String path, RawHttpServer.Request request) {
        if (!instead.isEmpty() && untouched-- <= 0) {
            return instead.remove();
        }
        List<ObjectNode> all = events.getOrDefault(path, List.of());
        String etag = "W/\"" + (all.isEmpty() ? "none" : all.get(0).path("id").asText()) + "\"";
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ETag", etag);
        if (date != null) {
            headers.put("Date", date);
        }
        if (pollInterval != null) {
            headers.put("X-Poll-Interval", pollInterval);
        }
        if (etag.equals(request.headers().get("If-None-Match"))) {
            return (again, out) -> RawHttpServer.head(out, 304, headers);
        }
        Matcher asked = PAGE.matcher(request.target());
        int page = asked.find() ? Integer.parseInt(asked.group(1)) : 1;
        int from = Math.min(all.size(), (page - 1) * pageSize);
        int to = Math.min(all.size(), page * pageSize);
        if (to < all.size() && page < PAGES) {
            headers.put(
                    "Link", "<%s%s?page=%d>; rel=\"next\"".formatted(address(), path, page + 1));
        }
        ArrayNode body = JSON.createArrayNode();
        all.subList(from, to).forEach(body::add);
        return RawHttpServer.of(200, headers, body.toString().getBytes(StandardCharsets.UTF_8));
    }
}
