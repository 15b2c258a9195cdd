package io.prefstream.model;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.model.weights.CorruptWeightsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;

/**
 * One optimisation step after another: gradients of every micro-batch are added up by one native
 * call each (forward and backward inside), then one more call clips them by their global norm and
 * applies fused AdamW.
 *
 * <p>Data parallel with copies of the model on other devices: micro-batches are spread over them by
 * their padded tokens, gradients are added up on the model's own device, which has the optimizer's
 * state, and the updated weights are copied to the others. The results are those of one device but
 * for rounding: sums are in another order.
 *
 * <p>Moments and step count can be saved; a run that is resumed from them is bitwise the run that
 * was not interrupted.
 */
public final class TrainingStep implements AutoCloseable {
    private final DecoderModel model;
    private final PairLoss loss;
    private final GradientUpdates updates;
    private final List<Replica> replicas = new ArrayList<>();

    /** Of the processor's products, and of those while copies work beside each other. */
    private final int threads;

    private final int share;

    /**
     * @param others where copies of the model work beside it
     */
    TrainingStep(DecoderModel model, PairLoss loss, AdamW optimizer, List<Device> others) {
        this.model = model;
        this.loss = loss;
        this.updates = new GradientUpdates(model, optimizer);
        this.threads = JniUtils.getNumThreads();
        this.share = Math.max(1, threads / (1 + others.size()));
        try {
            others.forEach(device -> replicas.add(new Replica(model, device, share)));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Updates applied so far. */
    public long step() {
        return updates.step();
    }

    /** Computes the loss and its gradient over the whole batch and applies one update. */
    public StepResult run(PairBatch batch, float learningRate) {
        double[] parts = addGradients(batch);
        double norm = Double.isFinite(parts[0]) ? updates.apply(learningRate) : updates.discard();
        if (Double.isFinite(norm)) {
            replicas.forEach(replica -> replica.follow(model));
        }
        return result(parts, batch, norm, Double.isFinite(norm));
    }

    /** The same numbers without gradient or update; the norm is 0. */
    public StepResult evaluate(PairBatch batch) {
        double[] parts = new double[PairLoss.PARTS];
        for (List<EncodedPair> pairs : batch.microBatches()) {
            add(parts, loss.evaluate(model, null, pairs, batch));
        }
        return result(parts, batch, 0, false);
    }

    /** Gradients of the loss over {@code batch}, by parameter; nothing is updated. */
    Map<String, float[]> gradientsOf(PairBatch batch) {
        addGradients(batch);
        return updates.gradients().drain();
    }

    /**
     * Adds the gradients of the whole batch to those of the model itself: each copy works on its
     * share of the micro-batches, and hands over its sum. Sums are in the order of the copies, so
     * that the same batch gives the same bits.
     */
    private double[] addGradients(PairBatch batch) {
        List<PairBatch.Share> shares = batch.shares(1 + replicas.size());
        List<Future<double[]>> others = new ArrayList<>();
        for (int i = 0; i < replicas.size(); i++) {
            others.add(replicas.get(i).begin(loss, shares.get(i + 1), batch));
        }
        double[] parts = new double[PairLoss.PARTS];
        RuntimeException failure = null;
        JniUtils.setNumThreads(share);
        try {
            for (List<EncodedPair> pairs : shares.get(0).microBatches()) {
                add(parts, loss.evaluate(model, updates.gradients(), pairs, batch));
            }
        } catch (RuntimeException e) {
            failure = e;
        }
        for (int i = 0; i < replicas.size(); i++) {
            try {
                add(parts, BackgroundThread.result(others.get(i)));
                updates.gradients().take(replicas.get(i).gradients());
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        JniUtils.setNumThreads(threads);
        if (failure != null) {
            throw failure;
        }
        return parts;
    }

    /** Writes moments and step count. */
    public void saveState(Path file) throws IOException {
        updates.save(file);
    }

    /**
     * Continues from saved moments and step count.
     *
     * @throws CorruptWeightsException if the file is not this model's state
     */
    public void loadState(Path file) throws IOException {
        updates.load(file);
    }

    @Override
    public void close() {
        replicas.forEach(Replica::close);
        updates.close();
    }

    private StepResult result(double[] parts, PairBatch batch, double norm, boolean applied) {
        int pairs = batch.pairs();
        double mean = (parts[4] + parts[5]) / (2.0 * pairs);
        return new StepResult(
                parts[0],
                parts[1] / pairs,
                parts[2] / batch.responseTokens(),
                parts[6] / pairs,
                parts[4] / pairs,
                parts[5] / pairs,
                parts[3] / (2.0 * pairs) - mean * mean,
                norm,
                applied,
                batch.tokens());
    }

    static void add(double[] sums, double[] parts) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += parts[i];
        }
    }
}
