package io.prefstream.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.schemas.CheckpointKind;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.FileDigest;
import io.prefstream.schemas.LogPosition;
import io.prefstream.trainer.probe.ProbeReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a release comes from: the trunk as it was, the fork, what both were trained on.
 *
 * @param log that the trunk was trained from
 * @param seen pairs that batches of the trunk or the fork drew, once each
 * @param judgement of the holdout behind the fork
 */
record ReleaseOrigin(
        TrainerConfig config,
        Trunk trunk,
        PairSource log,
        long forkSteps,
        TrainerState.Seen seen,
        Judgement judgement) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What {@code lineage.json} says of the release, but for why it was made and what became of it.
     */
    ObjectNode lineage(String id) {
        Accuracy accuracy = judgement.accuracy();
        ObjectNode lineage = JSON.createObjectNode().put("id", id).put("forkSteps", forkSteps);
        lineage.setAll(Lineage.of(config, trunk, log, seen));
        lineage.set("holdout", accuracy.known() ? JSON.valueToTree(accuracy) : null);
        if (accuracy.known()) {
            lineage.put("holdoutCalibrationError", judgement.calibrationError());
            lineage.put("holdoutMarginScale", judgement.marginScale());
        }
        return lineage;
    }

    /** What is announced of the release; its URI is known once it has one. */
    CheckpointPublished announcement(
            String id, @Nullable ProbeReport probes, Manifest manifest, Instant publishedAt) {
        Accuracy accuracy = judgement.accuracy();
        Map<String, Double> metrics = new TreeMap<>();
        if (accuracy.known()) {
            metrics.put("holdout-accuracy", accuracy.value());
            metrics.put("holdout-pairs", (double) accuracy.pairs());
            metrics.put("holdout-calibration-error", judgement.calibrationError());
            metrics.put("holdout-margin-scale", judgement.marginScale());
        }
        Accuracy fresh = trunk.fresh().recent();
        if (fresh.known()) {
            metrics.put("prequential-accuracy", fresh.value());
        }
        if (probes != null) {
            probes.accuracy().forEach((name, probe) -> metrics.put("probe-" + name, probe.value()));
        }
        return CheckpointPublished.newBuilder()
                .setId(id)
                .setModel(config.model().name())
                .setStep(trunk.step())
                .setKind(CheckpointKind.RELEASE)
                .setUri("")
                .setFiles(files(manifest))
                .setMetrics(metrics)
                .setPositions(
                        log.positions().entrySet().stream()
                                .map(p -> new LogPosition(log.name(), p.getKey(), p.getValue()))
                                .toList())
                .setPairsSeen(seen.pairs())
                .setPairsByLicence(seen.byLicence())
                .setPublishedAt(publishedAt)
                .setProducer(Lineage.PRODUCER)
                .build();
    }

    /** A release's files as they are announced. */
    static List<FileDigest> files(Manifest manifest) {
        return manifest.files().stream()
                .map(file -> new FileDigest(file.name(), file.bytes(), file.sha256()))
                .toList();
    }
}
