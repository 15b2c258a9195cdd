package io.prefstream.trainer;

import io.prefstream.model.BackgroundThread;
import io.prefstream.replay.RateLimiter;
import io.prefstream.schemas.PreferencePair;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Gets batches ready: takes pairs in, draws, makes tokens. It can do so for the next step while the
 * one before is computed.
 *
 * <p>Ahead or not, the table sees the same intakes, draws and priorities in the same order, so the
 * steps are the same. What is ahead belongs to no trunk: whoever is about to write one, or to look
 * at table, holdout or counters, must not have let it go ahead.
 *
 * <p>Used by one thread; {@link #ahead} works on another until {@link #join}.
 */
final class BatchFeed implements AutoCloseable {

    private final Trunk trunk;
    private final Intake intake;
    private final RateLimiter limiter;
    private final int pairsPerStep;
    private final BackgroundThread thread = new BackgroundThread("batch-feed");
    private @Nullable Future<Next> ahead;
    private long waitedNanos;

    BatchFeed(Trunk trunk, Intake intake, RateLimiter limiter, TrainerConfig config) {
        this.trunk = trunk;
        this.intake = intake;
        this.limiter = limiter;
        this.pairsPerStep = config.source().pairsPerStep();
    }

    /**
     * What there is for a step.
     *
     * @param taken records taken in
     * @param fresh of them, the pairs to judge before the step
     * @param batch to train on; null if there can't be one yet
     * @param waitedNanos how long the caller had to wait for it
     */
    record Next(
            int taken, List<PreferencePair> fresh, @Nullable ReadyBatch batch, long waitedNanos) {}

    /** Begins to get the next step's batch ready. */
    void ahead() {
        long version = trunk.step() + 1;
        ahead =
                thread.submit(
                        () -> {
                            // As after a step: who leaves at intake may go by priority too.
                            trunk.draws().settle();
                            return ready(version);
                        });
    }

    /** Whether something was got ready that {@link #next} hasn't given yet. */
    boolean isAhead() {
        return ahead != null;
    }

    /** Waits for what was begun, if anything. */
    void join() {
        if (ahead != null) {
            long began = System.nanoTime();
            BackgroundThread.result(ahead);
            waitedNanos += System.nanoTime() - began;
        }
    }

    /** What was got ready ahead, or what is got ready now. */
    Next next() {
        long began = System.nanoTime();
        Next next = ahead == null ? ready(trunk.step()) : BackgroundThread.result(ahead);
        ahead = null;
        long waited = waitedNanos + System.nanoTime() - began;
        waitedNanos = 0;
        return new Next(next.taken(), next.fresh(), next.batch(), waited);
    }

    private Next ready(long version) {
        Intake.Taken taken = intake.takeIn(pairsPerStep);
        ReadyBatch batch = trunk.draw(limiter, version).orElse(null);
        return new Next(taken.records(), taken.fresh(), batch, 0);
    }

    /** Ends once what was begun has ended; only after a failure is there anything. */
    @Override
    public void close() {
        thread.close();
    }
}
