package io.prefstream.ingest;

import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FeedGap;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.time.Instant;

/** Events of a day in May. */
final class Publications {

    static final Instant PUBLISHED = Instant.parse("2026-05-01T12:00:00Z");

    private Publications() {}

    static RepoEvent artifact(String name) {
        return published(Origin.MAVEN, "maven:org.example:" + name, "1.0", name);
    }

    static RepoEvent commit(String repository, String commit, boolean wholeTree) {
        return published(
                Origin.GIT, repository, commit, wholeTree ? repository + "#snapshot" : repository);
    }

    static RepoEvent gap() {
        return event("gap", new FeedGap(PUBLISHED, PUBLISHED.plusSeconds(60), "the feed was down"));
    }

    private static RepoEvent published(
            Origin origin, String repository, String revision, String locator) {
        return event(
                repository + "@" + revision,
                Publication.newBuilder()
                        .setRepository(repository)
                        .setOrigin(origin)
                        .setRevision(revision)
                        .setLocator(locator)
                        .setPublishedAt(PUBLISHED)
                        .build());
    }

    private static RepoEvent event(String delivery, Object body) {
        return RepoEvent.newBuilder()
                .setId(ContentId.of(delivery))
                .setFeed("test")
                .setDeliveryId(delivery)
                .setBody(body)
                .setObservedAt(PUBLISHED.plusSeconds(5))
                .setProducer("test")
                .build();
    }
}
