package io.prefstream.jobs.generators.testing;

import io.prefstream.schemas.CheckpointKind;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.FileDigest;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Published checkpoints as facts. */
public final class Releases {

    private Releases() {}

    /** A checkpoint of model {@code main} without files, published at a second of 1970. */
    public static CheckpointPublished published(String id, CheckpointKind kind, long second) {
        return published(id, kind, "file:///models/" + id, List.of(), second);
    }

    public static CheckpointPublished published(
            String id, CheckpointKind kind, String uri, List<FileDigest> files, long second) {
        return CheckpointPublished.newBuilder()
                .setId(id)
                .setModel("main")
                .setStep(7)
                .setKind(kind)
                .setUri(uri)
                .setFiles(files)
                .setMetrics(Map.of())
                .setPositions(List.of())
                .setPairsSeen(1)
                .setPairsByLicence(Map.of())
                .setPublishedAt(Instant.ofEpochSecond(second))
                .setProducer("test/1")
                .build();
    }
}
