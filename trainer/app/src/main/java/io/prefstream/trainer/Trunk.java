package io.prefstream.trainer;

import io.prefstream.replay.PairCodec;
import io.prefstream.replay.RateLimiter;
import io.prefstream.replay.ReplayBuffer;
import io.prefstream.replay.ReplayUpdate;
import io.prefstream.replay.Sample;
import io.prefstream.replay.SplitMix64;
import io.prefstream.replay.StarvationListener;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.trainer.TrainerState.CurvePoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trunk as it is now: all that the next step depends on, which is what a checkpoint of it
 * holds.
 */
final class Trunk implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Trunk.class);

    private final Learner learner;
    private final ReplayBuffer table;
    private final PairCodec codec;
    private final HoldoutSet holdout;
    private final SplitMix64 random;
    private final Prequential prequential;
    private final TrainerState.Seen seen;
    private final List<CurvePoint> curve;
    private final List<TrainerState.Release> releases;
    private final long seed;
    private final boolean resumed;
    private PairCounts counts;
    private long step;

    private Trunk(
            TrainerConfig config,
            Learner learner,
            ReplayBuffer table,
            HoldoutSet holdout,
            TrainerState state,
            boolean resumed) {
        this.learner = learner;
        this.table = table;
        this.codec = new PairCodec(table);
        this.holdout = holdout;
        this.random = new SplitMix64(state.random());
        this.prequential =
                Prequential.restore(state.prequential(), config.evaluation().prequentialWindow());
        this.seen =
                new TrainerState.Seen(
                        state.pairsSeen(), state.pairsByLicence(), state.pairsByRepository());
        this.curve = new ArrayList<>(state.curve());
        this.releases = new ArrayList<>(state.releases());
        this.seed = config.seed();
        this.resumed = resumed;
        this.counts = state.pairs();
        this.step = state.step();
    }

    /**
     * The trunk of the newest checkpoint, or a fresh one if there is none. Its table lives in a
     * folder of its own, made anew.
     *
     * @throws IOException if the checkpoints are damaged or the folder can't be written
     */
    static Trunk open(TrainerConfig config, Learner learner, TrunkStore checkpoints, Clock clock)
            throws IOException {
        Path live = config.out().resolve("table");
        CheckpointFolder.delete(live);
        HoldoutSet holdout = new HoldoutSet(config.evaluation().holdoutCap());
        Optional<Path> newest = checkpoints.newest();
        if (newest.isEmpty()) {
            ReplayBuffer table =
                    ReplayBuffer.open(
                            live, config.replay().settings(), clock, StarvationListener.logged());
            TrainerState fresh = TrainerState.fresh(config.seed());
            return new Trunk(config, learner, table, holdout, fresh, false);
        }
        Path checkpoint = newest.get();
        TrainerState state = TrunkStore.state(checkpoint);
        learner.load(checkpoint);
        holdout.load(TrunkStore.holdout(checkpoint));
        ReplayBuffer table =
                ReplayBuffer.openCheckpoint(
                        TrunkStore.table(checkpoint),
                        live,
                        config.replay().settings(),
                        clock,
                        StarvationListener.logged());
        LOG.info("goes on from {}", checkpoint);
        return new Trunk(config, learner, table, holdout, state, true);
    }

    /** Whether a batch may be drawn now, behind what is too old. */
    boolean maySample(RateLimiter limiter, int pairs) {
        try (ReplayUpdate update = table.begin()) {
            update.modelVersion(step);
            if (update.dropStale()) {
                update.commit();
            }
        }
        return limiter.maySample(table.stats(), pairs);
    }

    /**
     * One step on a batch drawn from the table. Where priorities make a difference the batch's are
     * set to its loss behind the step, which takes two more forward passes for each pair.
     */
    Learner.StepResult step(int pairs, double learningRate) {
        List<PreferencePair> batch = draw(pairs);
        Learner.StepResult result = learner.step(batch, learningRate);
        step++;
        if (table.settings().usesPriorities()) {
            prioritize(batch);
        }
        return result;
    }

    /** Sets priorities to −log σ(margin), where it is a number. */
    private void prioritize(List<PreferencePair> batch) {
        float[] margins = learner.margins(batch);
        try (ReplayUpdate update = table.begin()) {
            for (int i = 0; i < margins.length; i++) {
                double loss =
                        Math.max(0, -margins[i])
                                + StrictMath.log1p(StrictMath.exp(-Math.abs(margins[i])));
                if (Double.isFinite(loss)) {
                    // The pair may have left the table with this draw.
                    update.prioritize(batch.get(i).getId(), loss);
                }
            }
            update.commit();
        }
    }

    private List<PreferencePair> draw(int pairs) {
        List<PreferencePair> batch = new ArrayList<>();
        try (ReplayUpdate update = table.begin()) {
            update.modelVersion(step);
            for (Sample sample : update.sample(pairs, random)) {
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

    /** Accuracy on the holdout as the learner is now. */
    Accuracy judgeHoldout() {
        return Accuracy.ofMargins(learner.margins(holdout.pairs()));
    }

    void addToCurve(String kind, Accuracy accuracy, double loss) {
        if (accuracy.known()) {
            Accuracy recent = prequential.recent();
            curve.add(new CurvePoint(step, kind, accuracy, recent.known() ? recent : null, loss));
        }
    }

    void addRelease(TrainerState.Release release) {
        releases.add(release);
    }

    boolean releasedAt(long atStep) {
        return releases.stream().anyMatch(release -> release.step() == atStep);
    }

    /** What a checkpoint keeps of it beside learner, table and holdout. */
    TrainerState state() {
        return new TrainerState(
                TrainerState.VERSION,
                seed,
                step,
                random.state(),
                counts,
                prequential.save(),
                seen.pairs(),
                seen.byLicence(),
                seen.byRepository(),
                curve,
                releases);
    }

    /** Whether it goes on from a checkpoint. */
    boolean resumed() {
        return resumed;
    }

    /** Steps made. */
    long step() {
        return step;
    }

    Learner learner() {
        return learner;
    }

    ReplayBuffer table() {
        return table;
    }

    PairCodec codec() {
        return codec;
    }

    HoldoutSet holdout() {
        return holdout;
    }

    Prequential prequential() {
        return prequential;
    }

    /** Pairs trained on. */
    TrainerState.Seen seen() {
        return seen;
    }

    List<CurvePoint> curve() {
        return curve;
    }

    List<TrainerState.Release> releases() {
        return releases;
    }

    /** What became of every record read. */
    PairCounts counts() {
        return counts;
    }

    void count(PairCounts newCounts) {
        counts = newCounts;
    }

    /** Closes the table; the learner is its owner's. */
    @Override
    public void close() {
        table.close();
    }
}
