package io.prefstream.jobs.generators.release;

import io.prefstream.schemas.CheckpointPublished;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * A published model, as much of it as is needed to load it.
 *
 * @param id id of its checkpoint
 * @param uri where its folder is
 * @param step optimizer steps behind it
 * @param publishedAt when it was published
 * @param files its files
 */
public record ReleaseModel(
        String id, String uri, long step, Instant publishedAt, List<File> files) {

    /** The later of two: by publication, then by step; never depends on the order of arrival. */
    public static final Comparator<ReleaseModel> BY_AGE =
            Comparator.comparing(ReleaseModel::publishedAt)
                    .thenComparing(ReleaseModel::step)
                    .thenComparing(ReleaseModel::id);

    /**
     * A file of the model.
     *
     * @param name path relative to the folder
     * @param bytes its length
     * @param sha256 its digest in hex
     */
    public record File(String name, long bytes, String sha256) {}

    /** The model that a record on the checkpoints topic speaks of. */
    public static ReleaseModel of(CheckpointPublished published) {
        return new ReleaseModel(
                published.getId(),
                published.getUri(),
                published.getStep(),
                published.getPublishedAt(),
                published.getFiles().stream()
                        .map(f -> new File(f.getName(), f.getBytes(), f.getSha256()))
                        .toList());
    }
}
