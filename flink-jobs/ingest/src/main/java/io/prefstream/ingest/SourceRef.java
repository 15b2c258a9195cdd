package io.prefstream.ingest;

import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.time.Instant;

/**
 * Where a file came from; travels with it through the job.
 *
 * @param eventId id of the event
 * @param repository canonical name of the repository
 * @param revision commit hash or version
 * @param publishedAt event time
 */
public record SourceRef(String eventId, String repository, String revision, Instant publishedAt) {

    /** The source that an event announces. */
    public static SourceRef of(RepoEvent event, Publication publication) {
        return new SourceRef(
                event.getId(),
                publication.getRepository(),
                publication.getRevision(),
                publication.getPublishedAt());
    }

    /** The id of one of its files. */
    public String fileId(String path) {
        return eventId + "/" + path;
    }
}
