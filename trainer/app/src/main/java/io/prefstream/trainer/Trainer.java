package io.prefstream.trainer;

import io.prefstream.replay.RateLimiter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Rolling pre-training: take pairs in, draw a batch, step; now and then a trunk, a release.
 *
 * <p>With a log that is complete, everything that is learned is a function of log and seed. A trunk
 * holds all that the next step depends on, as of one step, so a run that was killed goes on from
 * its last trunk with the steps it would have made anyway.
 *
 * <p>One thread.
 */
public final class Trainer implements AutoCloseable {

    private static final Duration WAIT = Duration.ofMillis(500);
    private static final Duration TELL_WAITING_EVERY = Duration.ofSeconds(10);

    private final TrainerConfig config;
    private final BooleanSupplier stopped;
    private final Clock clock;
    private final Announcer announcer;
    private final RateLimiter limiter;
    private final LearningRate rate;
    private final TrunkStore trunks;
    private final Releaser releaser;
    private final Trunk trunk;
    private final PairSource source;
    private final Intake intake;
    private final TrainerReport report;

    private long trunkStep;
    private long trunkMillis;

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
        this.announcer = surroundings.announcer();
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
        this.trunk = Trunk.open(config, learner, trunks, clock);
        this.trunkStep = trunk.resumed() ? trunk.step() : -1;
        try {
            this.source = surroundings.source().open(Intake.positions(trunk.table()));
        } catch (RuntimeException e) {
            trunk.close();
            throw e;
        }
        this.intake =
                new Intake(
                        trunk, source, limiter, config.evaluation().prequentialShare(), announcer);
        this.report = new TrainerReport(config, trunk, surroundings.progress(), clock);
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
        report.tell(report.event("started").put("resumed", trunk.resumed()));
        Ending ending = trainOn();
        if (ending != Ending.STOPPED && !trunk.releasedAt(trunk.step()) && !makeRelease()) {
            ending = Ending.STOPPED;
        }
        if (trunkStep != trunk.step() || ending != Ending.STOPPED) {
            writeTrunk();
        }
        report.writeSummary(ending);
        report.tell(report.event("finished").put("ending", TrainerConfig.kebab(ending)));
        return ending;
    }

    @Override
    public void close() {
        source.close();
        trunk.close();
    }

    private Ending trainOn() throws IOException {
        Long steps = config.schedule().steps();
        while (steps == null || trunk.step() < steps) {
            if (stopped.getAsBoolean()) {
                return Ending.STOPPED;
            }
            if (releaseIsDue()) {
                makeRelease();
                continue;
            }
            int taken = intake.takeIn(config.source().pairsPerStep());
            if (trunk.maySample(limiter, config.batch().pairs())) {
                step();
            } else if (taken == 0 && !awaitPairs()) {
                return stopped.getAsBoolean() ? Ending.STOPPED : dry();
            }
        }
        return Ending.STEPS;
    }

    private Ending dry() {
        if (trunk.step() == 0) {
            throw new TrainingException(
                    "no step could be made: %,d pairs came to train on, replay.min-size=%,d"
                            .formatted(trunk.table().stats().size(), config.replay().minSize()));
        }
        return Ending.DRY;
    }

    private void step() throws IOException {
        double learningRate = rate.trunk(trunk.step() + 1);
        Learner.StepResult result = trunk.step(config.batch().pairs(), learningRate);
        checkFinite(result);
        report.stepped(result, learningRate);
        Long every = config.evaluation().every();
        if (every != null && trunk.step() % every == 0) {
            trunk.addToCurve("trunk", trunk.judgeHoldout(), report.lastLoss());
        }
        Long steps = config.schedule().steps();
        if (trunk.step() % config.progress().every() == 0
                || (steps != null && trunk.step() == steps)) {
            report.tell(report.event("progress").put("phase", "trunk"));
        }
        if (releaseIsDue()) {
            makeRelease();
        }
        if (trunk.step() % config.schedule().trunkEverySteps() == 0 || trunkIsDue()) {
            writeTrunk();
        }
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
                report.tell(report.event("waiting"));
            }
        }
        return false;
    }

    /** Whether the schedule wants a release now that isn't there; a stop may have prevented it. */
    private boolean releaseIsDue() {
        Long every = config.schedule().releaseEvery();
        return every != null
                && trunk.step() > 0
                && trunk.step() % every == 0
                && !trunk.releasedAt(trunk.step());
    }

    private boolean makeRelease() throws IOException {
        announcer.flush();
        Optional<TrainerState.Release> release =
                releaser.release(trunk, source, stopped, this::forkStepped);
        release.ifPresent(
                made -> {
                    trunk.addRelease(made);
                    trunk.addToCurve("release", made.holdout(), report.lastLoss());
                    report.tell(
                            report.event("release").put("id", made.id()).put("path", made.path()));
                });
        return release.isPresent();
    }

    private void forkStepped(
            long forkStep, long forkSteps, Learner.StepResult result, double learningRate) {
        checkFinite(result);
        report.stepped(result, learningRate);
        if (forkStep % config.progress().every() == 0) {
            report.tell(
                    report.event("progress")
                            .put("phase", "release")
                            .put("forkStep", forkStep)
                            .put("forkSteps", forkSteps));
        }
    }

    private boolean trunkIsDue() {
        Duration every = config.schedule().trunkEveryTime();
        return every != null && clock.millis() - trunkMillis >= every.toMillis();
    }

    private void writeTrunk() throws IOException {
        announcer.flush();
        Path written = trunks.write(trunk);
        trunkStep = trunk.step();
        trunkMillis = clock.millis();
        report.tell(report.event("trunk").put("path", written.toAbsolutePath().toString()));
    }

    private void checkFinite(Learner.StepResult result) {
        if (!Double.isFinite(result.loss()) || !Double.isFinite(result.gradNorm())) {
            throw new TrainingException(
                    "loss %s and gradient norm %s at step %,d: training has diverged; lower optimizer.learning-rate"
                            .formatted(result.loss(), result.gradNorm(), trunk.step()));
        }
    }
}
