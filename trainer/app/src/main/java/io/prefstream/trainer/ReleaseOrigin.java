package io.prefstream.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.schemas.CheckpointKind;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.FileDigest;
import io.prefstream.schemas.LogPosition;
import io.prefstream.trainer.probe.ProbeReport;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a release comes from: the trunk as it was, the fork, what both were trained on.
 *
 * @param log that the trunk was trained from
 * @param seen pairs that the trunk or the fork was trained on, once each
 * @param judgement of the holdout behind the fork
 */
record ReleaseOrigin(
        TrainerConfig config,
        Trunk trunk,
        PairSource log,
        long forkSteps,
        TrainerState.Seen seen,
        Judgement judgement) {

    private static final String PRODUCER = "trainer/1";
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What {@code lineage.json} says of the release, but for why it was made and what became of it.
     */
    ObjectNode lineage(String id) {
        Accuracy accuracy = judgement.accuracy();
        ObjectNode lineage = JSON.createObjectNode();
        lineage.put("id", id).put("model", config.model().name()).put("step", trunk.step());
        lineage.put("forkSteps", forkSteps).put("seed", config.seed());
        lineage.put("log", log.name());
        lineage.set("positions", JSON.valueToTree(log.positions()));
        lineage.put("pairsSeen", seen.pairs());
        lineage.putObject("dataWindow")
                .put("earliest", seen.earliest())
                .put("latest", seen.latest());
        lineage.set("pairsByLicence", JSON.valueToTree(seen.byLicence()));
        lineage.set("pairsByRepository", JSON.valueToTree(seen.byRepository()));
        lineage.set("pairs", JSON.valueToTree(trunk.counts()));
        lineage.set("replay", JSON.valueToTree(trunk.table().stats()));
        lineage.set("holdout", accuracy.known() ? JSON.valueToTree(accuracy) : null);
        if (accuracy.known()) {
            lineage.put("holdoutCalibrationError", judgement.calibrationError());
            lineage.put("holdoutMarginScale", judgement.marginScale());
        }
        Accuracy fresh = trunk.fresh().recent();
        lineage.set("prequential", fresh.known() ? JSON.valueToTree(fresh) : null);
        lineage.set("prequentialBy", JSON.valueToTree(trunk.fresh().recentByGroup()));
        lineage.set("driftAlarms", JSON.valueToTree(trunk.fresh().alarms()));
        lineage.put("skippedBatches", trunk.skippedBatches());
        lineage.set("optimizer", JSON.valueToTree(config.optimizer()));
        lineage.put("batchPairs", config.batch().pairs());
        lineage.put("batchTokens", config.batch().tokens());
        lineage.put("producer", PRODUCER);
        return lineage;
    }

    /** What is announced of the release once it is at {@code uri}. */
    CheckpointPublished announcement(
            String id,
            @Nullable ProbeReport probes,
            Manifest manifest,
            String uri,
            Instant publishedAt) {
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
                .setUri(uri)
                .setFiles(
                        manifest.files().stream()
                                .map(f -> new FileDigest(f.name(), f.bytes(), f.sha256()))
                                .toList())
                .setMetrics(metrics)
                .setPositions(
                        log.positions().entrySet().stream()
                                .map(p -> new LogPosition(log.name(), p.getKey(), p.getValue()))
                                .toList())
                .setPairsSeen(seen.pairs())
                .setPairsByLicence(seen.byLicence())
                .setPublishedAt(publishedAt)
                .setProducer(PRODUCER)
                .build();
    }
}
