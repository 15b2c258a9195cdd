package io.prefstream.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.model.ProcessMemory;
import io.prefstream.trainer.probe.ProbeReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what happens and sums up the run; every event and the summary have the same figures. */
final class TrainerReport {

    private static final Logger LOG = LoggerFactory.getLogger(TrainerReport.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TrainerConfig config;
    private final Trunk trunk;
    private final PairSource source;
    private final Progress progress;
    private final Clock clock;

    private final Throughput throughput;

    private Learner.@Nullable StepResult last;
    private double lastRate;
    private double historyFraction;
    private long tokens;
    private long tokensSinceMillis;

    TrainerReport(
            TrainerConfig config, Trunk trunk, PairSource source, Progress progress, Clock clock) {
        this.config = config;
        this.trunk = trunk;
        this.source = source;
        this.progress = progress;
        this.clock = clock;
        this.throughput =
                new Throughput(config.progress().measurePeak() ? trunk.learner().peakRate() : 0);
        this.tokensSinceMillis = clock.millis();
    }

    /** Takes note of a step of the trunk or of a fork. */
    void stepped(TrainedBatch batch, double learningRate) {
        last = batch.result();
        lastRate = learningRate;
        historyFraction = batch.historyFraction();
        tokens += batch.work().tokens();
        throughput.stepped(batch);
        progress.stepped();
        progress.show(this::figures);
    }

    /**
     * Tells which pairs a step drew, where that is asked for.
     *
     * @param forkStep of a release's fork, null for a step of the trunk
     */
    void drawn(TrainedBatch batch, @Nullable Long forkStep) {
        if (config.progress().keys()) {
            ObjectNode event = JSON.createObjectNode();
            event.put("event", "drawn").put("step", trunk.step()).put("forkStep", forkStep);
            event.put("applied", batch.result().applied());
            event.set("keys", JSON.valueToTree(batch.keys()));
            tell(event);
        }
    }

    /** Tells of a batch that was skipped. */
    void skipped(TrainedBatch batch) {
        ObjectNode event = event("batch-skipped");
        event.put("batchLoss", Double.toString(batch.result().loss()))
                .put("batchGradNorm", Double.toString(batch.result().gradNorm()));
        event.set("keys", JSON.valueToTree(batch.keys()));
        LOG.warn(
                "a batch is skipped: loss {}, gradient norm {}; its pairs: {}",
                batch.result().loss(),
                batch.result().gradNorm(),
                batch.keys());
        tell(event);
    }

    /** Tells that there is nothing to train on now, and what a batch waits for. */
    void waiting(String why) {
        tell(event("waiting").put("why", why));
    }

    /** Tells that there has been nothing to train on for too long. */
    void starving(Duration waited, String why) {
        LOG.warn("no batch for {}: {}", waited, why);
        tell(event("starvation").put("waitedSeconds", waited.toSeconds()).put("why", why));
    }

    /** Tells of fresh pairs that have become harder. */
    void drifted(DriftAlarm alarm) {
        ObjectNode event = event("drift");
        event.set("before", JSON.valueToTree(alarm.before()));
        event.set("after", JSON.valueToTree(alarm.after()));
        event.put("action", TrainerConfig.kebab(config.drift().action()));
        putGroups(event);
        tell(event);
    }

    /** Tells of a trunk that was written. */
    void trunk(Path written) {
        ObjectNode event = event("trunk").put("path", written.toAbsolutePath().toString());
        putGroups(event);
        tell(event);
    }

    /** Loss of the last step; 0 before the first. */
    double lastLoss() {
        return last == null ? 0 : last.loss();
    }

    void tell(ObjectNode event) {
        progress.tell(event);
        progress.show(this::figures);
    }

    /** An event with the figures that every event has. */
    ObjectNode event(String name) {
        ObjectNode event = JSON.createObjectNode();
        event.put("event", name);
        putFigures(event);
        long now = clock.millis();
        if (tokens > 0 && now > tokensSinceMillis) {
            event.put("tokensPerSecond", Math.round(1000.0 * tokens / (now - tokensSinceMillis)));
            tokens = 0;
            tokensSinceMillis = now;
        }
        throughput.put(event);
        return event;
    }

    /** What metrics are made of: the figures of events and of the summary, and what they add up. */
    private ObjectNode figures() {
        ObjectNode figures = JSON.createObjectNode();
        putFigures(figures);
        putGroups(figures);
        putProbes(figures);
        figures.put("model", config.model().name());
        figures.set("work", JSON.valueToTree(throughput.all()));
        figures.put("peak", throughput.peak() > 0 ? throughput.peak() : null);
        figures.set("positions", JSON.valueToTree(source.positions()));
        figures.set("lag", JSON.valueToTree(source.lag()));
        putReleases(figures);
        figures.put("diskBytes", config.out().toFile().getTotalSpace());
        figures.put("diskFreeBytes", config.out().toFile().getUsableSpace());
        return figures;
    }

    private void putFigures(ObjectNode event) {
        event.put("step", trunk.step()).put("steps", config.schedule().steps());
        if (last != null) {
            event.put("loss", last.loss())
                    .put("rmLoss", last.rewardLoss())
                    .put("lmLoss", last.languageLoss())
                    .put("gradNorm", last.gradNorm())
                    .put("rewardMean", last.rewardMean())
                    .put("rewardVariance", last.rewardVariance())
                    .put("learningRate", lastRate);
            if (config.replay().historyCapacity() > 0) {
                event.put("historyFraction", historyFraction);
            }
        }
        putAccuracies(event);
        event.set("replay", JSON.valueToTree(trunk.table().stats()));
        event.set("pairs", JSON.valueToTree(trunk.counts()));
        putMemory(event);
    }

    private void putMemory(ObjectNode event) {
        long resident = ProcessMemory.resident();
        if (resident > 0) {
            event.put("residentMiB", resident);
        }
        long gpu = trunk.learner().gpuMebibytes();
        if (gpu > 0) {
            event.put("gpuMiB", gpu);
        }
    }

    private void putReleases(ObjectNode figures) {
        long refused = 0;
        long inARow = 0;
        for (TrainerState.Release release : trunk.releases()) {
            refused += release.refused() == null ? 0 : 1;
            inARow = release.refused() == null ? 0 : inARow + 1;
        }
        figures.putObject("releases")
                .put("published", trunk.releases().size() - refused)
                .put("refused", refused);
        figures.put("refusedInARow", inARow);
    }

    /** Writes {@code trainer-summary.json}, whole or not at all. */
    void writeSummary(Trainer.Ending ending) throws IOException {
        ObjectNode summary = event("summary");
        summary.remove("event");
        summary.put("ending", TrainerConfig.kebab(ending));
        TrainerState.Seen seen = trunk.seen();
        summary.put("pairsSeen", seen.pairs());
        summary.set("pairsByLicence", JSON.valueToTree(seen.byLicence()));
        putGroups(summary);
        ArrayNode checkpoints = summary.putArray("checkpoints");
        ArrayNode refused = summary.putArray("refusedReleases");
        for (TrainerState.Release release : trunk.releases()) {
            ArrayNode list = release.refused() == null ? checkpoints : refused;
            list.add(JSON.<ObjectNode>valueToTree(release));
        }
        summary.set("driftAlarms", JSON.valueToTree(trunk.fresh().alarms()));
        summary.put("driftAction", TrainerConfig.kebab(config.drift().action()));
        summary.set("curve", JSON.valueToTree(trunk.curve()));
        putProbes(summary);
        Path file = config.out().resolve("trainer-summary.json");
        Path temporary = config.out().resolve("trainer-summary.json.tmp");
        Files.writeString(
                temporary, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(summary));
        Files.move(
                temporary,
                file,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private void putAccuracies(ObjectNode node) {
        Accuracy recent = trunk.fresh().recent();
        Accuracy overall = trunk.fresh().overall();
        node.put("prequentialAccuracy", recent.known() ? recent.value() : null);
        node.put("prequentialAccuracyOverall", overall.known() ? overall.value() : null);
        node.put("prequentialPairs", overall.pairs());
        List<TrainerState.CurvePoint> curve = trunk.curve();
        TrainerState.CurvePoint judged = curve.isEmpty() ? null : curve.get(curve.size() - 1);
        node.put("holdoutAccuracy", judged == null ? null : judged.holdout().value());
        node.put("holdoutCalibrationError", judged == null ? null : judged.calibrationError());
        node.put("holdoutPairs", trunk.holdout().size());
        node.put("skippedBatches", trunk.skippedBatches());
        node.put("driftAlarmCount", trunk.fresh().alarms().size());
    }

    /** What trivial readers said of the holdout at the last release, beside what it said. */
    private void putProbes(ObjectNode node) {
        List<TrainerState.Release> releases = trunk.releases();
        TrainerState.Release newest = releases.isEmpty() ? null : releases.get(releases.size() - 1);
        ProbeReport probes = newest == null ? null : newest.probes();
        node.set("probes", JSON.valueToTree(probes));
        if (newest != null && probes != null) {
            double margin = config.evaluation().probeMargin();
            node.put("probeWarning", probes.warning(newest.holdout(), margin).orElse(null));
        }
    }

    /** Accuracy on the newest fresh pairs by language, strategy and age. */
    private void putGroups(ObjectNode node) {
        node.set("prequentialBy", JSON.valueToTree(trunk.fresh().recentByGroup()));
    }
}
