package io.prefstream.feeds.watch;

import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.FeedGap;
import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Makes events with ids that are a function of what they say. */
public final class FeedEvents {

    static final String PRODUCER = "feeds/1";

    private FeedEvents() {}

    /**
     * The event of a publication.
     *
     * @param variant tells apart different readings of one revision, such as {@code snapshot};
     *     empty for the usual one
     */
    public static RepoEvent published(
            String feed,
            String deliveryId,
            Publication publication,
            String variant,
            Instant observedAt) {
        String id =
                variant.isEmpty()
                        ? ContentId.of(
                                "publication",
                                publication.getRepository(),
                                publication.getRevision())
                        : ContentId.of(
                                "publication",
                                publication.getRepository(),
                                publication.getRevision(),
                                variant);
        return event(id, feed, deliveryId, publication, observedAt);
    }

    /** The event of a span in which a feed may have missed publications of a target. */
    public static RepoEvent gap(
            String feed, String target, Instant from, Instant to, String why, Instant observedAt) {
        FeedGap gap =
                FeedGap.newBuilder()
                        .setFrom(from.truncatedTo(ChronoUnit.MILLIS))
                        .setTo(to.truncatedTo(ChronoUnit.MILLIS))
                        .setWhy(target + ": " + oneLine(why))
                        .build();
        String id =
                ContentId.of(
                        "gap",
                        feed,
                        target,
                        Long.toString(from.toEpochMilli()),
                        Long.toString(to.toEpochMilli()));
        return event(id, feed, target, gap, observedAt);
    }

    /** When it was published; of a gap its begin, of a dead letter when it was recorded. */
    static Instant timeOf(FeedOutput output) {
        if (output.getWhat() instanceof DeadLetter letter) {
            return letter.getRecordedAt();
        }
        RepoEvent event = (RepoEvent) output.getWhat();
        return event.getBody() instanceof Publication publication
                ? publication.getPublishedAt()
                : ((FeedGap) event.getBody()).getFrom();
    }

    static String oneLine(String text) {
        return text.strip().replaceAll("\\s*[\\r\\n]+\\s*", "; ");
    }

    private static RepoEvent event(
            String id, String feed, String deliveryId, Object body, Instant observedAt) {
        return RepoEvent.newBuilder()
                .setId(id)
                .setFeed(feed)
                .setDeliveryId(deliveryId)
                .setBody(body)
                .setObservedAt(observedAt.truncatedTo(ChronoUnit.MILLIS))
                .setProducer(PRODUCER)
                .build();
    }
}
