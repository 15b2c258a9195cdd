package io.prefstream.trainer;

import io.prefstream.model.BackgroundThread;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

/**
 * The batches of a fork: the next one is drawn while a step is computed. Between steps nothing is
 * under way.
 */
final class ForkFeed implements AutoCloseable {

    private final Callable<ReadyBatch> draw;
    private final boolean ahead;
    private final BackgroundThread thread = new BackgroundThread("fork-feed");
    private Future<ReadyBatch> next;
    private long left;
    private long waitedNanos;

    /**
     * Begins to draw the first batch.
     *
     * @param batches that there are to be, at least one
     * @param ahead whether to draw during steps
     */
    ForkFeed(Callable<ReadyBatch> draw, long batches, boolean ahead) {
        this.draw = draw;
        this.ahead = ahead;
        this.left = batches - 1;
        this.next = thread.submit(draw);
    }

    /** Trains the learner on the next batch. */
    TrainedBatch train(Learner learner, double learningRate) {
        ReadyBatch batch = await();
        if (ahead) {
            drawNext();
        }
        TrainedBatch trained = batch.train(learner, learningRate, waitedNanos);
        waitedNanos = 0;
        if (!ahead) {
            drawNext();
        }
        await();
        return trained;
    }

    private void drawNext() {
        if (left > 0) {
            left--;
            next = thread.submit(draw);
        }
    }

    private ReadyBatch await() {
        long began = System.nanoTime();
        ReadyBatch batch = BackgroundThread.result(next);
        waitedNanos += System.nanoTime() - began;
        return batch;
    }

    /** Ends once what was begun has ended; only after a failure is there anything. */
    @Override
    public void close() {
        thread.close();
    }
}
