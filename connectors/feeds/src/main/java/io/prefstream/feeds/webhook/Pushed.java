package io.prefstream.feeds.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.content.git.GitAddress;
import io.prefstream.feeds.watch.FeedEvents;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Commits on a branch or tag, as push payloads of both senders name them: {@code ref}, {@code
 * after} and {@code commits} with {@code id}, {@code timestamp} and, at GitHub, {@code distinct}.
 */
final class Pushed {

    private static final String HEADS = "refs/heads/";
    private static final String TAGS = "refs/tags/";
    private static final String COMMIT = "[0-9a-f]{40}";
    private static final String NONE = "0".repeat(40);

    private Pushed() {}

    /** An event for each distinct commit that is named, and for the head. */
    static List<RepoEvent> events(
            String feed,
            String delivery,
            String repository,
            JsonNode payload,
            String head,
            Instant now)
            throws MalformedPayloadException {
        if (head.equals(NONE)) {
            return List.of(); // the branch or tag was deleted
        }
        Map<String, Instant> commits = new LinkedHashMap<>();
        Instant latest = now;
        for (JsonNode commit : payload.path("commits")) {
            Instant at = time(commit.path("timestamp").asText(), now);
            if (commit.path("distinct").asBoolean(true)) {
                commits.put(commit.path("id").asText(), at);
            }
            latest = at;
        }
        commits.putIfAbsent(head, time(payload.at("/head_commit/timestamp").asText(), latest));
        List<RepoEvent> events = new ArrayList<>();
        for (Map.Entry<String, Instant> commit : commits.entrySet()) {
            events.add(
                    event(
                            feed,
                            delivery,
                            repository,
                            commit.getKey(),
                            text(payload, "ref"),
                            commit.getValue(),
                            now));
        }
        return events;
    }

    static RepoEvent event(
            String feed,
            String delivery,
            String repository,
            String commit,
            String ref,
            Instant publishedAt,
            Instant now)
            throws MalformedPayloadException {
        if (!commit.matches(COMMIT)) {
            throw new MalformedPayloadException("'" + commit + "' is no commit");
        }
        Publication publication;
        try {
            publication =
                    Publication.newBuilder()
                            .setRepository(GitAddress.canonicalName(repository))
                            .setOrigin(Origin.GIT)
                            .setRevision(commit)
                            .setRef(
                                    ref.startsWith(HEADS)
                                            ? ref.substring(HEADS.length())
                                            : ref.startsWith(TAGS)
                                                    ? ref.substring(TAGS.length())
                                                    : ref)
                            .setLocator(repository)
                            .setPublishedAt(publishedAt)
                            .build();
        } catch (IllegalArgumentException e) {
            throw new MalformedPayloadException("'" + repository + "' is no address");
        }
        return FeedEvents.published(feed, delivery, publication, "", now);
    }

    /** The address of the repository, which must be on the web: a payload must not name a path. */
    static String address(JsonNode repository, String field) throws MalformedPayloadException {
        String address = text(repository, field);
        if (!address.matches("https?://[^\\s@]+")) {
            throw new MalformedPayloadException("'" + address + "' is no https address");
        }
        return address;
    }

    static String text(JsonNode node, String field) throws MalformedPayloadException {
        JsonNode value = node.path(field);
        if (!value.isTextual() || value.asText().isEmpty()) {
            throw new MalformedPayloadException("field " + field + " is missing");
        }
        return value.asText();
    }

    static Instant time(String text, Instant otherwise) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return otherwise;
        }
    }
}
