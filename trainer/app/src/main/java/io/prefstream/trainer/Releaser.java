package io.prefstream.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.replay.Sample;
import io.prefstream.replay.SplitMix64;
import io.prefstream.schemas.CheckpointKind;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FileDigest;
import io.prefstream.schemas.LogPosition;
import io.prefstream.schemas.PreferencePair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Makes a release: a fork of the trunk whose learning rate falls to zero, evaluated on the holdout,
 * written in Hugging Face layout, announced.
 *
 * <p>The fork leaves no trace in the trunk. Its batches are drawn by a generator of its own, seeded
 * by run seed and step; they count neither in the table nor in its limiter; weights and optimizer
 * are as before when it is done. So a run gives the same trunk whether it makes releases or not.
 */
final class Releaser {

    private static final String PRODUCER = "trainer/1";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TrainerConfig config;
    private final LearningRate rate;
    private final CheckpointFolder folder;
    private final Announcer announcer;
    private final Clock clock;

    Releaser(
            TrainerConfig config,
            LearningRate rate,
            CheckpointFolder folder,
            Announcer announcer,
            Clock clock) {
        this.config = config;
        this.rate = rate;
        this.folder = folder;
        this.announcer = announcer;
        this.clock = clock;
    }

    /** Hears of each step of the fork. */
    interface ForkListener {
        void stepped(long forkStep, long forkSteps, Learner.StepResult result, double rate);
    }

    /** Steps that the fork of a trunk takes. */
    long forkSteps(long trunkStep) {
        return LearningRate.forkSteps(
                trunkStep, config.schedule().decayFraction(), config.schedule().decayMaxSteps());
    }

    /**
     * Makes a release.
     *
     * @param log that the trunk was trained from, for the release's lineage
     * @param stopped asked before each step; once it says yes there is no release
     * @return the release, or empty if it was stopped
     */
    Optional<TrainerState.Release> release(
            Trunk trunk, PairSource log, BooleanSupplier stopped, ForkListener listener)
            throws IOException {
        // There is nothing to decay on where all pairs have left the table.
        long forkSteps = trunk.table().stats().size() == 0 ? 0 : forkSteps(trunk.step());
        try (Learner.Memory memory = trunk.learner().remember()) {
            if (!decay(trunk, forkSteps, stopped, listener)) {
                memory.recall();
                return Optional.empty();
            }
            Accuracy accuracy = trunk.judgeHoldout();
            TrainerState.Release release = write(trunk, log, forkSteps, accuracy);
            memory.recall();
            return Optional.of(release);
        }
    }

    private boolean decay(
            Trunk trunk, long forkSteps, BooleanSupplier stopped, ForkListener listener) {
        SplitMix64 random =
                new SplitMix64(
                        ContentId.seed(
                                "release",
                                Long.toString(config.seed()),
                                Long.toString(trunk.step())));
        for (long i = 1; i <= forkSteps; i++) {
            if (stopped.getAsBoolean()) {
                return false;
            }
            List<PreferencePair> batch =
                    trunk.table().peek(config.batch().pairs(), random).stream()
                            .map(Sample::value)
                            .map(trunk.codec()::decode)
                            .toList();
            double learningRate = rate.fork(trunk.step(), i, forkSteps);
            listener.stepped(i, forkSteps, trunk.learner().step(batch, learningRate), learningRate);
        }
        return true;
    }

    private TrainerState.Release write(
            Trunk trunk, PairSource log, long forkSteps, Accuracy accuracy) throws IOException {
        String step = String.format(Locale.ROOT, "step-%09d", trunk.step());
        try (CheckpointFolder.Unfinished unfinished = folder.begin(step)) {
            trunk.learner().export(unfinished.path());
            String id = idOf(trunk.step(), unfinished.seal());
            ObjectNode lineage = lineage(trunk, log, forkSteps, accuracy, id);
            JSON.writerWithDefaultPrettyPrinter()
                    .writeValue(unfinished.path().resolve("lineage.json").toFile(), lineage);
            Files.writeString(
                    unfinished.path().resolve("README.md"),
                    ModelCard.of(config.model().name(), lineage));
            Manifest manifest = resealed(unfinished);
            Path path = unfinished.publish(step + "-" + id.substring(0, 12));
            announcer.announce(announcement(trunk, log, accuracy, id, manifest, path));
            return new TrainerState.Release(
                    id,
                    "release",
                    trunk.step(),
                    forkSteps,
                    path.toAbsolutePath().toString(),
                    accuracy);
        }
    }

    private static Manifest resealed(CheckpointFolder.Unfinished unfinished) throws IOException {
        Files.delete(unfinished.path().resolve(Manifest.NAME));
        return unfinished.seal();
    }

    private String idOf(long step, Manifest model) {
        StringBuilder digests = new StringBuilder();
        model.files()
                .forEach(file -> digests.append(file.name()).append('=').append(file.sha256()));
        return ContentId.of(config.model().name(), Long.toString(step), digests.toString());
    }

    private ObjectNode lineage(
            Trunk trunk, PairSource log, long forkSteps, Accuracy accuracy, String id) {
        ObjectNode lineage = JSON.createObjectNode();
        lineage.put("id", id).put("model", config.model().name()).put("step", trunk.step());
        lineage.put("forkSteps", forkSteps).put("seed", config.seed());
        lineage.put("log", log.name());
        lineage.set("positions", JSON.valueToTree(log.positions()));
        lineage.put("pairsSeen", trunk.seen().pairs());
        lineage.set("pairsByLicence", JSON.valueToTree(trunk.seen().byLicence()));
        lineage.set("pairsByRepository", JSON.valueToTree(trunk.seen().byRepository()));
        lineage.set("pairs", JSON.valueToTree(trunk.counts()));
        lineage.set("replay", JSON.valueToTree(trunk.table().stats()));
        lineage.set("holdout", accuracy.known() ? JSON.valueToTree(accuracy) : null);
        lineage.put("producer", PRODUCER);
        return lineage;
    }

    private CheckpointPublished announcement(
            Trunk trunk,
            PairSource log,
            Accuracy accuracy,
            String id,
            Manifest manifest,
            Path path) {
        Map<String, Double> metrics = new TreeMap<>();
        if (accuracy.known()) {
            metrics.put("holdout-accuracy", accuracy.value());
            metrics.put("holdout-pairs", (double) accuracy.pairs());
        }
        return CheckpointPublished.newBuilder()
                .setId(id)
                .setModel(config.model().name())
                .setStep(trunk.step())
                .setKind(CheckpointKind.RELEASE)
                .setUri(path.toAbsolutePath().toUri().toString())
                .setFiles(
                        manifest.files().stream()
                                .map(f -> new FileDigest(f.name(), f.bytes(), f.sha256()))
                                .toList())
                .setMetrics(metrics)
                .setPositions(
                        log.positions().entrySet().stream()
                                .map(p -> new LogPosition(log.name(), p.getKey(), p.getValue()))
                                .toList())
                .setPairsSeen(trunk.seen().pairs())
                .setPairsByLicence(trunk.seen().byLicence())
                .setPublishedAt(clock.instant())
                .setProducer(PRODUCER)
                .build();
    }
}
