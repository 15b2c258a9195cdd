package io.prefstream.verify.labels;

import io.prefstream.content.git.GitAddress;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/** What feeds say of a published version, and of the commits that led to it. */
final class PublishedEvents {

    private static final Instant EVENT_TIME = Instant.parse("2026-01-01T00:00:00Z");

    private PublishedEvents() {}

    /**
     * Of a version.
     *
     * @param coordinates {@code group:artifact:version}
     */
    static RepoEvent maven(String coordinates) {
        String[] parts = coordinates.split(":", -1);
        return event(
                "maven",
                "maven:" + parts[0] + ":" + parts[1],
                Origin.MAVEN,
                parts[2],
                coordinates,
                EVENT_TIME);
    }

    /**
     * Of the commits with one parent that lead to a revision of a local repository, parents first.
     *
     * @param revisions {@code TO}, or {@code FROM..TO} for those that don't lead to {@code FROM}
     * @param messages found in the messages of those that are wanted
     */
    static List<RepoEvent> commits(Path repository, String revisions, Pattern messages)
            throws IOException {
        String name = GitAddress.canonicalName(repository.toString());
        List<RepoEvent> events = new ArrayList<>();
        try (Repository git = new FileRepositoryBuilder().setGitDir(repository.toFile()).build();
                RevWalk walk = new RevWalk(git)) {
            String[] range = revisions.split("\\.\\.(?=[^.])", -1);
            walk.markStart(walk.parseCommit(git.resolve(range[range.length - 1])));
            if (range.length == 2) {
                walk.markUninteresting(walk.parseCommit(git.resolve(range[0])));
            }
            walk.sort(RevSort.TOPO);
            walk.sort(RevSort.REVERSE, true);
            for (RevCommit commit : walk) {
                if (commit.getParentCount() == 1
                        && messages.matcher(commit.getFullMessage()).find()) {
                    events.add(
                            event(
                                    "git",
                                    name,
                                    Origin.GIT,
                                    commit.name(),
                                    repository.toString(),
                                    Instant.ofEpochSecond(commit.getCommitTime())));
                }
            }
        }
        return events;
    }

    private static RepoEvent event(
            String feed,
            String repository,
            Origin origin,
            String revision,
            String locator,
            Instant publishedAt) {
        return RepoEvent.newBuilder()
                .setId(ContentId.of("publication", repository, revision))
                .setFeed(feed)
                .setDeliveryId(repository + "@" + revision)
                .setBody(
                        Publication.newBuilder()
                                .setRepository(repository)
                                .setOrigin(origin)
                                .setRevision(revision)
                                .setLocator(locator)
                                .setPublishedAt(publishedAt)
                                .build())
                .setObservedAt(publishedAt)
                .setProducer("measure/1")
                .build();
    }
}
