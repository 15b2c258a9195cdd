package io.prefstream.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.replay.LogRecord;
import io.prefstream.replay.PairCodec;
import io.prefstream.replay.RateLimiter;
import io.prefstream.replay.ReplayTable;
import io.prefstream.replay.Sample;
import io.prefstream.replay.SplitMix64;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.trainer.TrainerState.CurvePoint;
import io.prefstream.trainer.probe.ProbeReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rolling pre-training: take pairs in, draw a batch, step; now and then a trunk, a release.
 *
 * <p>With a log that is complete and has one partition, everything that is learned is a function of
 * the seed. A trunk holds all that the next step depends on, as of one step, so a run that was
 * killed goes on from its last trunk with the steps it would have made anyway.
 *
 * <p>One thread.
 */
public final class Trainer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final Duration TELL_WAITING_EVERY = Duration.ofSeconds(10);

    private final TrainerConfig config;
    private final Learner learner;
    private final Progress progress;
    private final BooleanSupplier stopped;
    private final Clock clock;
    private final Announcer announcer;
    private final RateLimiter limiter;
    private final LearningRate rate;
    private final TrunkStore trunks;
    private final Releaser releaser;
    private final ReplayTable table;
    private final PairCodec codec;
    private final HoldoutSet holdout;
    private final PairSource source;
    private final Intake intake;
    private final SplitMix64 random;
    private final Prequential prequential;
    private final TrainerState.Seen seen;
    private final List<CurvePoint> curve;
    private final List<TrainerState.Release> releases;
    private final boolean resumed;

    private long step;
    private long trunkStep = -1;
    private long trunkMillis;
    private long tokens;
    private long tokensSinceMillis;
    private Learner.@Nullable StepResult last;
    private double lastRate;

    /** What surrounds a trainer. */
    public record Surroundings(
            PairSource.Opener source,
            Announcer announcer,
            Progress progress,
            BooleanSupplier stopped,
            Clock clock) {}

    /** How a run ended. */
    public enum Ending {
        /** All steps were made. */
        STEPS,
        /** No more pairs came. */
        DRY,
        /** It was asked to stop. */
        STOPPED
    }

    /**
     * Makes a trainer that goes on from the newest trunk under the configured folder, or from the
     * learner's fresh state if there is none.
     *
     * @throws IOException if the folder can't be written or its trunks are damaged
     */
    public Trainer(TrainerConfig config, Learner learner, Surroundings surroundings)
            throws IOException {
        this.config = config;
        this.learner = learner;
        this.announcer = surroundings.announcer();
        this.progress = surroundings.progress();
        this.stopped = surroundings.stopped();
        this.clock = surroundings.clock();
        this.limiter = config.limiter();
        this.rate =
                new LearningRate(
                        config.optimizer().learningRate(),
                        config.schedule().warmupSteps(),
                        config.schedule().decayShape());
        this.trunks = new TrunkStore(config.out().resolve("trunks"), config.keepTrunks());
        this.releaser =
                new Releaser(
                        config,
                        rate,
                        new CheckpointFolder(config.out().resolve("releases")),
                        announcer,
                        clock);
        this.holdout = new HoldoutSet(config.evaluation().holdoutCap());

        Path live = config.out().resolve("table");
        CheckpointFolder.delete(live);
        Optional<Path> trunk = trunks.newest();
        this.resumed = trunk.isPresent();
        int window = config.evaluation().prequentialWindow();
        PairCounts counts;
        if (trunk.isPresent()) {
            TrainerState state = TrunkStore.state(trunk.get());
            learner.load(trunk.get());
            holdout.load(TrunkStore.holdout(trunk.get()));
            this.table =
                    ReplayTable.openCheckpoint(
                            TrunkStore.table(trunk.get()), live, config.replay().settings());
            this.step = state.step();
            this.trunkStep = step;
            this.random = new SplitMix64(state.random());
            this.prequential = Prequential.restore(state.prequential(), window);
            this.seen = new TrainerState.Seen(state.pairsSeen(), state.pairsByLicence());
            this.curve = new ArrayList<>(state.curve());
            this.releases = new ArrayList<>(state.releases());
            counts = state.pairs();
            LOG.info("goes on from {}", trunk.get());
        } else {
            this.table = ReplayTable.open(live, config.replay().settings());
            this.random = new SplitMix64(config.seed());
            this.prequential = new Prequential(window);
            this.seen = new TrainerState.Seen(0, Map.of());
            this.curve = new ArrayList<>();
            this.releases = new ArrayList<>();
            counts = PairCounts.NONE;
        }
        this.codec = new PairCodec(table);
        this.source = surroundings.source().open(Intake.positions(table));
        this.intake =
                new Intake(
                        source,
                        table,
                        codec,
                        holdout,
                        limiter,
                        learner,
                        prequential,
                        config.evaluation().prequentialShare(),
                        this::deadLetter,
                        counts);
    }

    /**
     * Trains until the configured steps are made, pairs have run dry or a stop is asked for. Ends
     * with a release unless stopped, and with a trunk always.
     *
     * @throws IOException if a checkpoint can't be written
     * @throws TrainingException if training can't go on
     */
    public Ending run() throws IOException {
        trunkMillis = clock.millis();
        tokensSinceMillis = clock.millis();
        tell(event("started").put("resumed", resumed));
        Ending ending = trainOn();
        if (ending != Ending.STOPPED && !releasedAt(step) && !makeRelease()) {
            ending = Ending.STOPPED;
        }
        if (trunkStep != step || ending != Ending.STOPPED) {
            writeTrunk();
        }
        ObjectNode probes =
                ending == Ending.STOPPED || !config.evaluation().probes() ? null : probes();
        writeSummary(ending, probes);
        tell(event("finished").put("ending", TrainerConfig.kebab(ending)));
        return ending;
    }

    @Override
    public void close() {
        source.close();
        table.close();
    }

    private Ending trainOn() throws IOException {
        Long steps = config.schedule().steps();
        while (steps == null || step < steps) {
            if (stopped.getAsBoolean()) {
                return Ending.STOPPED;
            }
            if (releaseIsDue()) {
                makeRelease();
                continue;
            }
            int taken = intake.takeIn(config.source().pairsPerStep());
            if (limiter.maySample(table.stats(), config.batch().pairs())) {
                step();
            } else if (taken == 0 && !awaitPairs()) {
                return stopped.getAsBoolean() ? Ending.STOPPED : dry();
            }
        }
        return Ending.STEPS;
    }

    private Ending dry() {
        if (step == 0) {
            throw new TrainingException(
                    "no step could be made: %,d pairs came to train on, replay.min-size=%,d"
                            .formatted(table.stats().size(), config.replay().minSize()));
        }
        return Ending.DRY;
    }

    private void step() throws IOException {
        List<PreferencePair> batch = draw();
        lastRate = rate.trunk(step + 1);
        Learner.StepResult result = learner.step(batch, lastRate);
        checkFinite(result, step + 1);
        step++;
        last = result;
        tokens += result.tokens();
        Long every = config.evaluation().every();
        if (every != null && step % every == 0) {
            evaluate();
        }
        Long steps = config.schedule().steps();
        if (step % config.progress().every() == 0 || (steps != null && step == steps)) {
            tell(event("progress").put("phase", "trunk"));
        }
        if (releaseIsDue()) {
            makeRelease();
        }
        if (step % config.schedule().trunkEverySteps() == 0 || trunkIsDue()) {
            writeTrunk();
        }
    }

    private List<PreferencePair> draw() {
        List<PreferencePair> batch = new ArrayList<>();
        try (ReplayTable.Update update = table.begin()) {
            for (Sample sample : update.sample(config.batch().pairs(), random)) {
                PreferencePair pair = codec.decode(sample.value());
                if (sample.timesSampled() == 1) {
                    seen.add(pair);
                }
                batch.add(pair);
            }
            update.commit();
        }
        return batch;
    }

    /** Waits for pairs. Returns false if none will come, or it was stopped. */
    private boolean awaitPairs() {
        long began = clock.millis();
        long told = 0;
        Duration dryTimeout = config.source().dryTimeout();
        while (!stopped.getAsBoolean()) {
            if (source.await(WAIT)) {
                return true;
            }
            long now = clock.millis();
            if (source.finished() || (dryTimeout != null && now - began >= dryTimeout.toMillis())) {
                return false;
            }
            if (now - told >= TELL_WAITING_EVERY.toMillis()) {
                told = now;
                tell(event("waiting"));
            }
        }
        return false;
    }

    private void evaluate() {
        Accuracy accuracy = Accuracy.ofMargins(learner.margins(holdout.pairs()));
        addToCurve("trunk", accuracy);
    }

    private void addToCurve(String kind, Accuracy accuracy) {
        if (accuracy.known()) {
            Accuracy recent = prequential.recent();
            double loss = last == null ? 0 : last.loss();
            curve.add(new CurvePoint(step, kind, accuracy, recent.known() ? recent : null, loss));
        }
    }

    /** Whether the schedule wants a release now that isn't there; a stop may have prevented it. */
    private boolean releaseIsDue() {
        Long every = config.schedule().releaseEvery();
        return every != null && step > 0 && step % every == 0 && !releasedAt(step);
    }

    private boolean releasedAt(long atStep) {
        return releases.stream().anyMatch(release -> release.step() == atStep);
    }

    private boolean makeRelease() throws IOException {
        announcer.flush();
        Releaser.Trunk trunk =
                new Releaser.Trunk(
                        step,
                        learner,
                        table,
                        codec,
                        holdout.pairs(),
                        intake.counts(),
                        seen.pairs(),
                        seen.byLicence(),
                        source.name(),
                        source.positions());
        Optional<TrainerState.Release> release =
                releaser.release(
                        trunk,
                        stopped,
                        (forkStep, forkSteps, result, learningRate) -> {
                            checkFinite(result, step);
                            last = result;
                            lastRate = learningRate;
                            tokens += result.tokens();
                            if (forkStep % config.progress().every() == 0) {
                                tell(
                                        event("progress")
                                                .put("phase", "release")
                                                .put("forkStep", forkStep)
                                                .put("forkSteps", forkSteps));
                            }
                        });
        release.ifPresent(
                made -> {
                    releases.add(made);
                    addToCurve("release", made.holdout());
                    tell(event("release").put("id", made.id()).put("path", made.path()));
                });
        return release.isPresent();
    }

    private boolean trunkIsDue() {
        Duration every = config.schedule().trunkEveryTime();
        return every != null && clock.millis() - trunkMillis >= every.toMillis();
    }

    private void writeTrunk() throws IOException {
        announcer.flush();
        TrainerState state =
                new TrainerState(
                        TrainerState.VERSION,
                        config.seed(),
                        step,
                        random.state(),
                        intake.counts(),
                        prequential.save(),
                        seen.pairs(),
                        seen.byLicence(),
                        curve,
                        releases);
        Path written = trunks.write(state, learner, table, holdout);
        trunkStep = step;
        trunkMillis = clock.millis();
        tell(event("trunk").put("path", written.toAbsolutePath().toString()));
    }

    private void deadLetter(LogRecord.Undecodable record) {
        LOG.warn(
                "record {} of partition {} can't be read: {}",
                record.offset(),
                record.partition(),
                record.error());
        announcer.deadLetter(
                DeadLetter.newBuilder()
                        .setStage("train")
                        .setTopic(record.topic())
                        .setPartition(record.partition())
                        .setOffset(record.offset())
                        .setKey(wrapped(record.key()))
                        .setValue(wrapped(record.value()))
                        .setError(record.error())
                        .setRecordedAt(record.recordedAt())
                        .build());
    }

    private static @Nullable ByteBuffer wrapped(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }

    private static void checkFinite(Learner.StepResult result, long atStep) {
        if (!Double.isFinite(result.loss()) || !Double.isFinite(result.gradNorm())) {
            throw new TrainingException(
                    "loss %s and gradient norm %s at step %,d: training has diverged; lower optimizer.learning-rate"
                            .formatted(result.loss(), result.gradNorm(), atStep));
        }
    }

    private ObjectNode probes() {
        List<PreferencePair> train = new ArrayList<>();
        table.forEach(
                config.evaluation().probePairs(), (key, value) -> train.add(codec.decode(value)));
        return JSON.valueToTree(ProbeReport.of(train, holdout.pairs(), config.seed()));
    }

    private void tell(ObjectNode event) {
        progress.tell(event);
    }

    /** An event with the figures that every event has. */
    private ObjectNode event(String name) {
        ObjectNode event = JSON.createObjectNode();
        event.put("event", name).put("step", step).put("steps", config.schedule().steps());
        if (last != null) {
            event.put("loss", last.loss())
                    .put("rmLoss", last.rewardLoss())
                    .put("lmLoss", last.languageLoss())
                    .put("gradNorm", last.gradNorm())
                    .put("learningRate", lastRate);
        }
        putAccuracies(event);
        event.set("replay", JSON.valueToTree(table.stats()));
        event.set("pairs", JSON.valueToTree(intake.counts()));
        long now = clock.millis();
        if (tokens > 0 && now > tokensSinceMillis) {
            event.put("tokensPerSecond", Math.round(1000.0 * tokens / (now - tokensSinceMillis)));
            tokens = 0;
            tokensSinceMillis = now;
        }
        return event;
    }

    private void putAccuracies(ObjectNode node) {
        Accuracy recent = prequential.recent();
        Accuracy overall = prequential.overall();
        node.put("prequentialAccuracy", recent.known() ? recent.value() : null);
        node.put("prequentialAccuracyOverall", overall.known() ? overall.value() : null);
        node.put("prequentialPairs", overall.pairs());
        Accuracy judged = curve.isEmpty() ? null : curve.get(curve.size() - 1).holdout();
        node.put("holdoutAccuracy", judged == null ? null : judged.value());
        node.put("holdoutPairs", holdout.size());
    }

    private void writeSummary(Ending ending, @Nullable ObjectNode probes) throws IOException {
        ObjectNode summary = event("summary");
        summary.remove("event");
        summary.put("ending", TrainerConfig.kebab(ending));
        summary.put("pairsSeen", seen.pairs());
        summary.set("pairsByLicence", JSON.valueToTree(new TreeMap<>(seen.byLicence())));
        ArrayNode checkpoints = summary.putArray("checkpoints");
        releases.forEach(release -> checkpoints.add(JSON.<ObjectNode>valueToTree(release)));
        summary.set("curve", JSON.valueToTree(curve));
        summary.set("probes", probes);
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
}
