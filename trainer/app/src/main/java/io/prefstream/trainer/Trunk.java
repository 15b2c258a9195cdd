package io.prefstream.trainer;

import io.prefstream.replay.PairCodec;
import io.prefstream.replay.RateLimiter;
import io.prefstream.replay.ReplayBuffer;
import io.prefstream.replay.ReplaySettings;
import io.prefstream.replay.ShardFolders;
import io.prefstream.replay.SplitMix64;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.trainer.TrainerState.CurvePoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
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
    private final BatchDraws draws;
    private final FreshPairs fresh;
    private final SeenPairs seen;
    private final List<CurvePoint> curve;
    private final List<TrainerState.Release> releases;
    private final ReleasePeriod period;
    private final ReplayConfig.Importance importance;
    private final long seed;
    private final boolean resumed;
    private PairCounts counts;
    private Map<String, Double> verdicts;
    private long skippedBatches;
    private long step;

    private Trunk(
            TrainerConfig config,
            Learner learner,
            ReplayBuffer table,
            HoldoutSet holdout,
            TrainerState state,
            boolean resumed,
            Clock clock) {
        this.learner = learner;
        this.table = table;
        this.codec = new PairCodec(table);
        this.holdout = holdout;
        this.draws = new BatchDraws(config, learner, table, codec, state.draws());
        this.fresh = new FreshPairs(config, state.fresh());
        this.seen = new SeenPairs(state.seen());
        this.curve = new ArrayList<>(state.curve());
        this.releases = new ArrayList<>(state.releases());
        this.verdicts = state.verdicts();
        this.period = new ReleasePeriod(config.schedule(), clock, state.period());
        this.skippedBatches = state.skippedBatches();
        this.importance = config.replay().importance();
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
        HoldoutSet holdout = new HoldoutSet(config.evaluation().holdoutCap());
        Optional<Path> newest = checkpoints.newest();
        if (newest.isEmpty()) {
            ReplayBuffer table = tableAnew(config, newest, clock);
            TrainerState fresh = TrainerState.fresh(config.seed());
            return new Trunk(config, learner, table, holdout, fresh, false, clock);
        }
        Path checkpoint = newest.get();
        TrainerState state = TrunkStore.state(checkpoint);
        if (state.seed() != config.seed()) {
            throw new IllegalArgumentException(
                    "seed=%d: trunk %s was trained with seed=%d; give that again, or another out"
                            .formatted(config.seed(), checkpoint, state.seed()));
        }
        learner.load(checkpoint);
        holdout.load(TrunkStore.holdout(checkpoint));
        ReplayBuffer table = tableAnew(config, newest, clock);
        LOG.info("goes on from {}", checkpoint);
        return new Trunk(config, learner, table, holdout, state, true, clock);
    }

    private static ReplayBuffer tableAnew(
            TrainerConfig config, Optional<Path> checkpoint, Clock clock) {
        Path live = config.out().resolve("table");
        ReplaySettings settings = config.replay().settings();
        return ShardFolders.undisturbed(
                live,
                () -> {
                    try {
                        CheckpointFolder.delete(live);
                    } catch (IOException e) {
                        throw new UncheckedIOException(
                                "%s can't be made anew: %s".formatted(live, e.getMessage()), e);
                    }
                    return checkpoint
                            .map(TrunkStore::table)
                            .map(table -> ReplayBuffer.openCheckpoint(table, live, settings, clock))
                            .orElseGet(() -> ReplayBuffer.open(live, settings, clock));
                });
    }

    /**
     * Whether the next batch depends on the number of the step before: then it can't be drawn while
     * that is computed.
     */
    boolean drawsWaitForSteps() {
        return table.settings().countsVersions() || importance.annealSteps() != null;
    }

    /**
     * Counts a batch that the learner was trained on; it was no step if its loss was no number.
     * Where priorities make a difference the batch's become its loss behind the step, which takes
     * two more forward passes for each pair.
     */
    void trained(ReadyBatch ready, TrainedBatch batch) {
        if (!batch.result().applied()) {
            draws.settle();
            skippedBatches++;
            return;
        }
        step++;
        if (table.settings().usesPriorities()) {
            draws.learned(ready.pairs());
        }
    }

    /**
     * The next batch of the table, if there is one.
     *
     * @param version of the model that it is drawn for
     */
    Optional<ReadyBatch> draw(RateLimiter limiter, long version) {
        Optional<BatchDraws.Drawn> drawn = draws.next(limiter, version);
        drawn.ifPresent(batch -> batch.firstTime().forEach(seen::add));
        return drawn.map(batch -> ReadyBatch.of(batch, learner));
    }

    /**
     * A batch for a step of a fork, drawn without a trace.
     *
     * @param undrawn hears of its pairs that the trunk never drew, of each at each draw of the fork
     */
    ReadyBatch peek(SplitMix64 random, Consumer<PreferencePair> undrawn) {
        BatchDraws.Drawn drawn = draws.peek(random, step);
        drawn.firstTime().forEach(undrawn);
        return ReadyBatch.of(drawn, learner);
    }

    /** What the learner, as it is now, says of the holdout. */
    Judgement judgeHoldout() {
        return Judgement.of(learner, holdout);
    }

    void addToCurve(String kind, Judgement judgement, double loss) {
        if (judgement.accuracy().known()) {
            Accuracy recent = fresh.recent();
            double error = judgement.calibrationError();
            curve.add(
                    new CurvePoint(
                            step,
                            kind,
                            judgement.accuracy(),
                            recent.known() ? recent : null,
                            loss,
                            Double.isFinite(error) ? error : null));
        }
    }

    void addRelease(TrainerState.Release release, Judgement judgement) {
        releases.add(release);
        period.released(counts.train());
        if (release.refused() == null) {
            verdicts = judgement.verdicts();
        }
    }

    /** Why a release is due now that isn't there, if one is. */
    Optional<String> releaseDue() {
        return releaseDueAt(step);
    }

    /** Why a release would be due if that were the step, if one were. */
    Optional<String> releaseDueAt(long atStep) {
        return period.due(atStep, counts.train(), releasedAt(atStep));
    }

    /** Counts a skipped batch of a fork. */
    void countSkippedBatch() {
        skippedBatches++;
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
                draws.save(),
                skippedBatches,
                counts,
                fresh.save(),
                seen.save(),
                curve,
                releases,
                verdicts,
                period.save());
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

    BatchDraws draws() {
        return draws;
    }

    FreshPairs fresh() {
        return fresh;
    }

    /** Pairs that batches of the trunk drew, not those of its forks alone. */
    TrainerState.Seen seen() {
        return seen.save();
    }

    ReleasePeriod period() {
        return period;
    }

    /** Batches whose loss was no number. */
    long skippedBatches() {
        return skippedBatches;
    }

    /** How right the last published release was on the holdout pairs it judged. */
    Map<String, Double> verdicts() {
        return verdicts;
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
