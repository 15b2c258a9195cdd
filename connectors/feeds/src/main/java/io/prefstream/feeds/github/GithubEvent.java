package io.prefstream.feeds.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.content.git.GitAddress;
import io.prefstream.feeds.watch.FeedEvents;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An event of GitHub's Events API as it travels: {@code id}, {@code type}, {@code actor}, {@code
 * repo}, {@code created_at} and a {@code payload} by type.
 *
 * <p>A push names its commits until October 2025; since then only the ref's new head and old one.
 * Both forms are read: a publication for each distinct commit that is named, or for the head alone.
 * A release and a new tag count where the payload names a commit. All else is skipped, by a {@link
 * Skip reason}.
 */
record GithubEvent(String id, Instant createdAt, JsonNode json) {

    private static final String HEADS = "refs/heads/";
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+");
    private static final String NONE = "0".repeat(40);
    private static final String BOT = "[bot]";

    /** Why an event publishes nothing that we take. */
    enum Skip {
        /** Of a type that publishes no code: a star, a comment, a new branch. */
        OTHER_TYPE,
        /** A release or tag whose payload names no commit. */
        NO_COMMIT,
        /** A branch or tag was deleted. */
        DELETED_REF,
        /** A push to what is no branch: what a tag points to may be no commit. */
        OTHER_REF,
        /** By an app. */
        BOT,
        /** A fork was made, or the event says that it happened in one. */
        FORK,
        /** Only a token sees it: not open source. */
        PRIVATE;

        String code() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What an event comes to.
     *
     * @param events one for each commit
     * @param skip why there is none; null if there is one
     */
    record Reading(List<RepoEvent> events, @Nullable Skip skip) {

        static Reading skipped(Skip why) {
            return new Reading(List.of(), why);
        }
    }

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
            return new GithubEvent(
                    text(json, "id"),
                    Instant.parse(text(json, "created_at")).truncatedTo(ChronoUnit.MILLIS),
                    json);
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
    Reading read(String feed, String web, Instant observedAt) throws MalformedEventException {
        String type = text(json, "type");
        Skip skip = skip(type);
        if (skip != null) {
            return Reading.skipped(skip);
        }
        Maker maker = new Maker(feed, web, observedAt);
        return switch (type) {
            case "PushEvent" -> pushed(maker);
            case "ReleaseEvent" -> released(maker);
            case "CreateEvent" -> created(maker);
            default -> Reading.skipped(Skip.OTHER_TYPE);
        };
    }

    private @Nullable Skip skip(String type) {
        if (json.path("public").isBoolean() && !json.path("public").asBoolean()) {
            return Skip.PRIVATE;
        }
        if (type.equals("ForkEvent")
                || json.path("repo").path("fork").asBoolean()
                || json.path("payload").path("repository").path("fork").asBoolean()) {
            return Skip.FORK;
        }
        return json.path("actor").path("login").asText().endsWith(BOT) ? Skip.BOT : null;
    }

    private Reading pushed(Maker maker) throws MalformedEventException {
        JsonNode payload = json.path("payload");
        String head = text(payload, "head");
        String ref = text(payload, "ref");
        if (head.equals(NONE)) {
            return Reading.skipped(Skip.DELETED_REF);
        }
        if (!ref.startsWith(HEADS)) {
            return Reading.skipped(Skip.OTHER_REF);
        }
        String name = ref.substring(HEADS.length());
        Set<String> commits = new LinkedHashSet<>();
        for (JsonNode commit : payload.path("commits")) {
            if (commit.path("distinct").asBoolean(true) && commit.path("sha").isTextual()) {
                commits.add(commit.path("sha").asText());
            }
        }
        commits.add(head);
        List<RepoEvent> events = new ArrayList<>();
        for (String commit : commits) {
            events.add(maker.event(commit, name));
        }
        return new Reading(events, null);
    }

    private Reading released(Maker maker) throws MalformedEventException {
        JsonNode release = json.path("payload").path("release");
        if (!json.path("payload").path("action").asText().equals("published")) {
            return Reading.skipped(Skip.OTHER_TYPE);
        }
        // Either a commit or, mostly, the branch that the tag was made from.
        return tagged(maker, release.path("target_commitish").asText(), text(release, "tag_name"));
    }

    private Reading created(Maker maker) throws MalformedEventException {
        JsonNode payload = json.path("payload");
        if (!payload.path("ref_type").asText().equals("tag")) {
            return Reading.skipped(Skip.OTHER_TYPE);
        }
        // GitHub's own payload of a tag names no commit today.
        return tagged(maker, payload.path("head").asText(), text(payload, "ref"));
    }

    private static Reading tagged(Maker maker, String commit, String tag)
            throws MalformedEventException {
        return COMMIT.matcher(commit).matches()
                ? new Reading(List.of(maker.event(commit, tag)), null)
                : Reading.skipped(Skip.NO_COMMIT);
    }

    /** Makes the records of this event. */
    private final class Maker {
        private final String feed;
        private final String web;
        private final Instant observedAt;

        Maker(String feed, String web, Instant observedAt) {
            this.feed = feed;
            this.web = web;
            this.observedAt = observedAt;
        }

        RepoEvent event(String commit, String ref) throws MalformedEventException {
            if (!COMMIT.matcher(commit).matches()) {
                throw new MalformedEventException("'" + commit + "' is no commit");
            }
            String name = text(json.path("repo"), "name");
            if (!NAME.matcher(name).matches()) {
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
    }

    private static String text(JsonNode node, String field) throws MalformedEventException {
        JsonNode value = node.path(field);
        if (!value.isValueNode() || value.isNull() || value.asText().isEmpty()) {
            throw new MalformedEventException("field " + field + " is missing");
        }
        return value.asText();
    }
}
