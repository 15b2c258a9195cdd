package io.prefstream.model;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A copy of a model on a device, with gradients and a thread of its own. Memory: 8 bytes per
 * parameter, and what a micro-batch takes.
 */
final class Replica implements AutoCloseable {
    private final DecoderModel model;
    private final Gradients gradients;
    private final ExecutorService thread;

    /**
     * @param threads of its products, where the device is the processor
     */
    Replica(DecoderModel original, Device device, int threads) {
        this.model = original.copyTo(device);
        this.gradients = new Gradients(model);
        this.thread =
                Executors.newSingleThreadExecutor(
                        task -> {
                            Thread made = new Thread(task, "replica-" + device);
                            made.setDaemon(true);
                            return made;
                        });
        // The engine keeps this for each thread.
        thread.execute(
                () -> {
                    JniUtils.setGraphExecutorOptimize(false);
                    JniUtils.setNumThreads(threads);
                });
    }

    /** Begins to add up the gradients of a share of a batch. */
    Future<double[]> begin(PairLoss loss, PairBatch.Share share, PairBatch batch) {
        return thread.submit(
                () -> {
                    double[] parts = new double[PairLoss.PARTS];
                    for (List<EncodedPair> pairs : share.microBatches()) {
                        TrainingStep.add(parts, loss.evaluate(model, gradients, pairs, batch));
                    }
                    return parts;
                });
    }

    /** What {@link #begin} began, once it is there. */
    static double[] result(Future<double[]> begun) {
        try {
            return begun.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a replica worked", e);
        }
    }

    Gradients gradients() {
        return gradients;
    }

    /** Takes the weights of the original. */
    void follow(DecoderModel original) {
        model.copyFrom(original);
    }

    /** Ends once what was begun has ended. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            thread.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        gradients.close();
        model.close();
    }
}
