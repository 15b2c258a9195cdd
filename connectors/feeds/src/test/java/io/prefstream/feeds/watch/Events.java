package io.prefstream.feeds.watch;

import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.time.Instant;

/** Events of a make-believe feed. */
final class Events {

    static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private Events() {}

    static RepoEvent event(String target, String revision) {
        Publication publication =
                Publication.newBuilder()
                        .setRepository(target)
                        .setOrigin(Origin.MAVEN)
                        .setRevision(revision)
                        .setLocator(target + ":" + revision)
                        .setPublishedAt(NOON)
                        .build();
        return FeedEvents.published("test", revision, publication, "", NOON);
    }

    static String revisionOf(RepoEvent event) {
        return event.getBody() instanceof Publication publication
                ? publication.getRevision()
                : "gap";
    }
}
