package io.prefstream.feeds.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.content.git.GitAddress;
import io.prefstream.feeds.watch.FeedEvents;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event of GitHub's Events API as it travels: {@code id}, {@code type}, {@code repo}, {@code
 * created_at} and a {@code payload} by type.
 *
 * <p>A push names its commits until October 2025; since then only the branch's new head and old
 * one. Both forms are read: a publication for each distinct commit that is named, or for the head
 * alone. A release counts where it names a commit. Everything else (stars, comments, deleted
 * branches, branches without a new commit) publishes nothing.
 */
record GithubEvent(String id, Instant createdAt, JsonNode json) {

    private static final String HEADS = "refs/heads/";
    private static final String COMMIT = "[0-9a-f]{40}";
    private static final String NONE = "0".repeat(40);

    /**
     * Reads what every event has.
     *
     * @throws MalformedEventException if it lacks an id or a time
     */
    static GithubEvent of(JsonNode json) throws MalformedEventException {
        if (!json.isObject()) {
            throw new MalformedEventException("an event must be an object");
        }
        try {
            return new GithubEvent(text(json, "id"), Instant.parse(text(json, "created_at")), json);
        } catch (DateTimeException e) {
            throw new MalformedEventException("created_at is no time: " + e.getMessage());
        }
    }

    /**
     * What the event publishes.
     *
     * @param feed name of the feed that has it
     * @param web where repositories are, such as {@code https://github.com}
     * @throws MalformedEventException if it lacks what its type should have
     */
    List<RepoEvent> publications(String feed, String web, Instant observedAt)
            throws MalformedEventException {
        return switch (text(json, "type")) {
            case "PushEvent" -> pushed(feed, web, observedAt);
            case "ReleaseEvent" -> released(feed, web, observedAt);
            default -> List.of();
        };
    }

    private List<RepoEvent> pushed(String feed, String web, Instant observedAt)
            throws MalformedEventException {
        JsonNode payload = json.path("payload");
        String head = text(payload, "head");
        String ref = text(payload, "ref");
        if (head.equals(NONE) || !ref.startsWith(HEADS)) {
            return List.of();
        }
        Set<String> commits = new LinkedHashSet<>();
        for (JsonNode commit : payload.path("commits")) {
            if (commit.path("distinct").asBoolean(true) && commit.path("sha").isTextual()) {
                commits.add(commit.path("sha").asText());
            }
        }
        commits.add(head);
        List<RepoEvent> events = new ArrayList<>();
        for (String commit : commits) {
            events.add(event(feed, web, commit, ref.substring(HEADS.length()), observedAt));
        }
        return events;
    }

    private List<RepoEvent> released(String feed, String web, Instant observedAt)
            throws MalformedEventException {
        JsonNode payload = json.path("payload");
        String commit = payload.path("release").path("target_commitish").asText();
        return payload.path("action").asText().equals("published") && commit.matches(COMMIT)
                ? List.of(
                        event(
                                feed,
                                web,
                                commit,
                                text(payload.path("release"), "tag_name"),
                                observedAt))
                : List.of();
    }

    private RepoEvent event(
            String feed, String web, String commit, @Nullable String ref, Instant observedAt)
            throws MalformedEventException {
        if (!commit.matches(COMMIT)) {
            throw new MalformedEventException("'" + commit + "' is no commit");
        }
        String name = text(json.path("repo"), "name");
        if (!name.matches("[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")) {
            throw new MalformedEventException("'" + name + "' is no owner/name");
        }
        String locator = web + "/" + name + ".git";
        Publication publication =
                Publication.newBuilder()
                        .setRepository(GitAddress.canonicalName(locator))
                        .setOrigin(Origin.GIT)
                        .setRevision(commit)
                        .setRef(ref)
                        .setLocator(locator)
                        .setPublishedAt(createdAt)
                        .build();
        return FeedEvents.published(feed, id, publication, "", observedAt);
    }

    private static String text(JsonNode node, String field) throws MalformedEventException {
        JsonNode value = node.path(field);
        if (!value.isValueNode() || value.isNull() || value.asText().isEmpty()) {
            throw new MalformedEventException("field " + field + " is missing");
        }
        return value.asText();
    }
}
