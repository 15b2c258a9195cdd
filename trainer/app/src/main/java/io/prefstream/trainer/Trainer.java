package io.prefstream.trainer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.replay.LogPositions;
import io.prefstream.replay.OptedOut;
import io.prefstream.replay.RateLimiter;
import io.prefstream.schemas.OptOuts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

    private final TrainerConfig config;
    private final BooleanSupplier stopped;
    private final Clock clock;
    private final Announcer announcer;
    private final LearningRate rate;
    private final CheckpointMirror mirror;
    private final TrunkStore trunks;
    private final Releaser releaser;
    private final Trunk trunk;
    private final PairSource source;
    private final Intake intake;
    private final BatchFeed feed;
    private final TrainerReport report;
    private final StarvationAlarm starvation;
    private final PairWait wait;
    private final SkippedBatches skipped;
    private final @Nullable TableServer server;

    private long trunkStep;
    private long trunkMillis;

    /**
     * What surrounds a trainer.
     *
     * @param optOuts those that are known when it starts
     */
    public record Surroundings(
            PairSource.Opener source,
            Announcer announcer,
            Progress progress,
            BooleanSupplier stopped,
            OptOuts optOuts,
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
        RateLimiter limiter = config.limiter();
        this.rate =
                new LearningRate(
                        config.optimizer().learningRate(),
                        config.schedule().warmupSteps(),
                        config.schedule().decayShape());
        this.mirror = CheckpointMirror.open(config.output(), stopped);
        this.trunks =
                new TrunkStore(
                        config.out().resolve("trunks"),
                        config.keepTrunks(),
                        TrainerConfigReader.describe(config),
                        mirror);
        trunks.requireRoom(learner.savedBytes());
        this.releaser = new Releaser(config, rate, mirror, announcer, clock);
        this.trunk = Trunk.open(config, learner, trunks, clock);
        this.trunkStep = trunk.resumed() ? trunk.step() : -1;
        trunks.catchUp(releaser.published());
        try {
            this.source = open(surroundings.source());
        } catch (IOException | RuntimeException e) {
            trunk.close();
            throw e;
        }
        this.skipped = new SkippedBatches(config.optimizer().maxSkipsInARow(), source.name());
        this.intake =
                new Intake(
                        trunk,
                        new OptedOut(surroundings.optOuts()),
                        source,
                        limiter,
                        config.evaluation().prequentialShare(),
                        announcer,
                        this::drifted,
                        clock);
        this.feed = new BatchFeed(trunk, intake, limiter, config);
        this.report = new TrainerReport(config, trunk, source, surroundings.progress(), clock);
        this.starvation =
                new StarvationAlarm(
                        trunk.table().settings().starvationAfter(),
                        waited -> report.starving(waited, trunk.draws().waitsFor(limiter)),
                        clock);
        this.wait =
                new PairWait(
                        source,
                        config.source().dryTimeout(),
                        stopped,
                        () -> trunk.releaseDue().isPresent(),
                        () -> report.waiting(trunk.draws().waitsFor(limiter)),
                        starvation,
                        clock);
        Integer port = config.replay().serve().port();
        try {
            // Nobody is served what was opted out since the trunk was written.
            intake.takeOutOptedOut();
            this.server =
                    port == null ? null : TableServer.start(config.replay(), port, trunk.table());
        } catch (IOException | RuntimeException e) {
            closeAll();
            throw e;
        }
    }

    private PairSource open(PairSource.Opener opener) throws IOException {
        PairSource opened = opener.open(LogPositions.of(trunk.table()));
        try {
            trunks.requireSource(
                    opened, config.source().pairs() == null ? "the topic" : "source.pairs");
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
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
        releaser.announceLeftOver();
        ObjectNode started = report.event("started").put("resumed", trunk.resumed());
        trunks.passedOver().forEach(started.putArray("passedOver")::add);
        report.tell(started);
        if (server != null) {
            report.tell(
                    report.event("serving")
                            .put("bind", config.replay().serve().bind())
                            .put("port", server.port()));
        }
        Ending ending = trainOn();
        if (ending != Ending.STOPPED && !trunk.releasedAt(trunk.step()) && !makeRelease("end")) {
            ending = Ending.STOPPED;
        }
        if (trunkStep != trunk.step() || ending != Ending.STOPPED) {
            writeTrunk();
        }
        mirror.await();
        report.writeSummary(ending);
        report.tell(report.event("finished").put("ending", TrainerConfig.kebab(ending)));
        return ending;
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        closeAll();
    }

    private void closeAll() {
        feed.close();
        source.close();
        trunk.close();
        mirror.close();
    }

    private Ending trainOn() throws IOException {
        Long steps = config.schedule().steps();
        while (steps == null || trunk.step() < steps) {
            if (!feed.isAhead()) {
                if (stopped.getAsBoolean()) {
                    return Ending.STOPPED;
                }
                Optional<String> due = trunk.releaseDue();
                if (due.isPresent()) {
                    makeRelease(due.get());
                    continue;
                }
            }
            BatchFeed.Next next = feed.next();
            intake.judge(next.fresh());
            if (next.batch() != null) {
                starvation.batch();
                step(next.batch(), next.waitedNanos());
                continue;
            }
            starvation.noBatch();
            if (next.taken() == 0 && !wait.forPairs()) {
                return stopped.getAsBoolean() ? Ending.STOPPED : dry();
            }
        }
        return Ending.STEPS;
    }

    private Ending dry() {
        if (trunk.step() == 0) {
            PairCounts counts = trunk.counts();
            throw new TrainingException(
                    "no step could be made: %,d pairs came to train on, expected replay.min-size=%,d; %,d of %,d records were skipped, by reason: %s%s"
                            .formatted(
                                    trunk.table().stats().size(),
                                    config.replay().minSize(),
                                    counts.skipped(),
                                    counts.read(),
                                    counts.skippedByReason(),
                                    intake.refused().inWords()));
        }
        return Ending.DRY;
    }

    private void step(ReadyBatch ready, long waitedNanos) throws IOException {
        double learningRate = rate.trunk(trunk.step() + 1);
        if (config.source().prefetch() && !lookedAtAfter(trunk.step() + 1)) {
            feed.ahead();
        }
        TrainedBatch batch = ready.train(trunk.learner(), learningRate, waitedNanos);
        feed.join();
        trunk.trained(ready, batch);
        report.drawn(batch, null);
        if (!stepped(batch, learningRate)) {
            return;
        }
        Long every = config.evaluation().every();
        if (every != null && trunk.step() % every == 0) {
            trunk.addToCurve("trunk", trunk.judgeHoldout(), report.lastLoss());
        }
        Long steps = config.schedule().steps();
        if (trunk.step() % config.progress().every() == 0
                || (steps != null && trunk.step() == steps)) {
            report.tell(report.event("progress").put("phase", "trunk"));
        }
        if (feed.isAhead()) {
            return;
        }
        Optional<String> due = trunk.releaseDue();
        if (due.isPresent()) {
            makeRelease(due.get());
        }
        if (trunk.step() % config.schedule().trunkEverySteps() == 0 || trunkIsDue()) {
            writeTrunk();
        }
    }

    /**
     * Whether a step is followed by something that needs table, holdout and counters as they are
     * then: the end, an evaluation, a release, a trunk, or a draw that depends on it.
     */
    private boolean lookedAtAfter(long step) {
        Long steps = config.schedule().steps();
        Long every = config.evaluation().every();
        return trunk.drawsWaitForSteps()
                || stopped.getAsBoolean()
                || (steps != null && step == steps)
                || (every != null && step % every == 0)
                || step % config.schedule().trunkEverySteps() == 0
                || trunkIsDue()
                || trunk.releaseDueAt(step).isPresent();
    }

    /** Makes a release of the trunk as it is. Returns false if it was stopped. */
    private boolean makeRelease(String cause) throws IOException {
        announcer.flush();
        Optional<Releaser.Made> made =
                releaser.release(trunk, source, cause, stopped, this::forkStepped);
        made.ifPresent(this::released);
        return made.isPresent();
    }

    private void released(Releaser.Made made) {
        TrainerState.Release release = made.release();
        trunk.addRelease(release, made.judgement());
        trunk.addToCurve("release", made.judgement(), report.lastLoss());
        String event = release.refused() == null ? "release" : "release-refused";
        report.tell(
                report.event(event)
                        .put("id", release.id())
                        .put("path", release.path())
                        .put("uri", made.uri())
                        .put("cause", release.cause())
                        .put("refused", release.refused()));
    }

    private void forkStepped(
            long forkStep, long forkSteps, TrainedBatch batch, double learningRate) {
        report.drawn(batch, forkStep);
        if (!batch.result().applied()) {
            trunk.countSkippedBatch();
        }
        if (stepped(batch, learningRate) && forkStep % config.progress().every() == 0) {
            report.tell(
                    report.event("progress")
                            .put("phase", "release")
                            .put("forkStep", forkStep)
                            .put("forkSteps", forkSteps));
        }
    }

    /** Takes note of a batch of the trunk or of a fork. Returns false if it was skipped. */
    private boolean stepped(TrainedBatch batch, double learningRate) {
        if (skipped.stepped(batch, trunk.step())) {
            report.stepped(batch, learningRate);
            return true;
        }
        report.skipped(batch);
        return false;
    }

    private void drifted(DriftAlarm alarm) {
        LOG.warn(
                "fresh pairs have become harder: accuracy {} on {} of them, {} on the {} before",
                alarm.after().value(),
                alarm.after().pairs(),
                alarm.before().value(),
                alarm.before().pairs());
        switch (config.drift().action()) {
            case NONE -> {}
            case HISTORY -> trunk.draws().raiseHistory();
            case RELEASE -> trunk.period().want("drift");
        }
        report.drifted(alarm);
    }

    private boolean trunkIsDue() {
        Duration every = config.schedule().trunkEveryTime();
        return every != null && clock.millis() - trunkMillis >= every.toMillis();
    }

    private void writeTrunk() throws IOException {
        announcer.flush();
        ObjectNode lineage = Lineage.of(config, trunk, source, trunk.seen());
        Path written = trunks.write(trunk, lineage, ModelCard.ofTrunk(config, lineage));
        trunkStep = trunk.step();
        trunkMillis = clock.millis();
        report.trunk(written);
    }
}
