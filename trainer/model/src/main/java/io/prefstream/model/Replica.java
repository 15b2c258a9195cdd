package io.prefstream.model;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.concurrent.Future;

/**
 * A copy of a model on a device, with gradients and a thread of its own. Memory: 8 bytes per
 * parameter, and what a micro-batch takes.
 */
final class Replica implements AutoCloseable {
    private final DecoderModel model;
    private final Gradients gradients;
    private final BackgroundThread thread;

    /**
     * @param threads of its products, where the device is the processor
     */
    Replica(DecoderModel original, Device device, int threads) {
        this.model = original.copyTo(device);
        this.gradients = new Gradients(model);
        this.thread = new BackgroundThread("replica-" + device);
        // The engine keeps this for each thread.
        BackgroundThread.result(
                thread.submit(
                        () -> {
                            JniUtils.setGraphExecutorOptimize(false);
                            JniUtils.setNumThreads(threads);
                            return threads;
                        }));
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
        thread.close();
        gradients.close();
        model.close();
    }
}
