package io.prefstream.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.trainer.probe.ProbeReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells what happens and sums up the run; every event and the summary have the same figures. */
final class TrainerReport {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final TrainerConfig config;
    private final Trunk trunk;
    private final Progress progress;
    private final Clock clock;

    private Learner.@Nullable StepResult last;
    private double lastRate;
    private long tokens;
    private long tokensSinceMillis;

    TrainerReport(TrainerConfig config, Trunk trunk, Progress progress, Clock clock) {
        this.config = config;
        this.trunk = trunk;
        this.progress = progress;
        this.clock = clock;
        this.tokensSinceMillis = clock.millis();
    }

    /** Takes note of a step of the trunk or of a fork. */
    void stepped(Learner.StepResult result, double learningRate) {
        last = result;
        lastRate = learningRate;
        tokens += result.tokens();
    }

    /** Loss of the last step; 0 before the first. */
    double lastLoss() {
        return last == null ? 0 : last.loss();
    }

    void tell(ObjectNode event) {
        progress.tell(event);
    }

    /** An event with the figures that every event has. */
    ObjectNode event(String name) {
        ObjectNode event = JSON.createObjectNode();
        event.put("event", name).put("step", trunk.step()).put("steps", config.schedule().steps());
        if (last != null) {
            event.put("loss", last.loss())
                    .put("rmLoss", last.rewardLoss())
                    .put("lmLoss", last.languageLoss())
                    .put("gradNorm", last.gradNorm())
                    .put("learningRate", lastRate);
        }
        putAccuracies(event);
        event.set("replay", JSON.valueToTree(trunk.table().stats()));
        event.set("pairs", JSON.valueToTree(trunk.counts()));
        long now = clock.millis();
        if (tokens > 0 && now > tokensSinceMillis) {
            event.put("tokensPerSecond", Math.round(1000.0 * tokens / (now - tokensSinceMillis)));
            tokens = 0;
            tokensSinceMillis = now;
        }
        return event;
    }

    /** Writes {@code trainer-summary.json}, whole or not at all. */
    void writeSummary(Trainer.Ending ending) throws IOException {
        ObjectNode summary = event("summary");
        summary.remove("event");
        summary.put("ending", TrainerConfig.kebab(ending));
        summary.put("pairsSeen", trunk.seen().pairs());
        summary.set("pairsByLicence", JSON.valueToTree(trunk.seen().byLicence()));
        ArrayNode checkpoints = summary.putArray("checkpoints");
        trunk.releases().forEach(release -> checkpoints.add(JSON.<ObjectNode>valueToTree(release)));
        summary.set("curve", JSON.valueToTree(trunk.curve()));
        boolean wanted = ending != Trainer.Ending.STOPPED && config.evaluation().probes();
        summary.set("probes", wanted ? probes() : null);
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
        Accuracy recent = trunk.prequential().recent();
        Accuracy overall = trunk.prequential().overall();
        node.put("prequentialAccuracy", recent.known() ? recent.value() : null);
        node.put("prequentialAccuracyOverall", overall.known() ? overall.value() : null);
        node.put("prequentialPairs", overall.pairs());
        List<TrainerState.CurvePoint> curve = trunk.curve();
        Accuracy judged = curve.isEmpty() ? null : curve.get(curve.size() - 1).holdout();
        node.put("holdoutAccuracy", judged == null ? null : judged.value());
        node.put("holdoutPairs", trunk.holdout().size());
    }

    private ObjectNode probes() {
        List<PreferencePair> train = new ArrayList<>();
        trunk.table()
                .forEach(
                        config.evaluation().probePairs(),
                        (key, value) -> train.add(trunk.codec().decode(value)));
        return JSON.valueToTree(ProbeReport.of(train, trunk.holdout().pairs(), config.seed()));
    }
}
