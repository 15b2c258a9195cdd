package io.prefstream.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.model.weights.CorruptWeightsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One optimisation step after another: gradients of every micro-batch are added up by one native
 * call each (forward and backward inside), then one more call clips them by their global norm and
 * applies fused AdamW.
 *
 * <p>Moments and step count can be saved; a run that is resumed from them is bitwise the run that
 * was not interrupted.
 */
public final class TrainingStep implements AutoCloseable {
    private final DecoderModel model;
    private final PreferenceLoss loss;
    private final GradientUpdates updates;
    private final String gradients;

    TrainingStep(
            DecoderModel model, PreferenceLoss loss, AdamW optimizer, boolean recomputeLayers) {
        this.model = model;
        this.loss = loss;
        this.gradients = recomputeLayers ? "loss_gradients_recomputed" : "loss_gradients";
        this.updates = new GradientUpdates(model, optimizer);
    }

    /** Updates applied so far. */
    public long step() {
        return updates.step();
    }

    /** Computes the loss and its gradient over the whole batch and applies one update. */
    public StepResult run(PairBatch batch, float learningRate) {
        double[] parts = new double[7];
        for (List<EncodedPair> pairs : batch.microBatches()) {
            add(parts, evaluate(pairs, batch, true));
        }
        double norm = Double.isFinite(parts[0]) ? updates.apply(learningRate) : updates.discard();
        return result(parts, batch, norm, Double.isFinite(norm));
    }

    /** The same numbers without gradient or update; the norm is 0. */
    public StepResult evaluate(PairBatch batch) {
        double[] parts = new double[7];
        for (List<EncodedPair> pairs : batch.microBatches()) {
            add(parts, evaluate(pairs, batch, false));
        }
        return result(parts, batch, 0, false);
    }

    /** Gradients of the loss over {@code batch}, by parameter; nothing is updated. */
    Map<String, float[]> gradientsOf(PairBatch batch) {
        for (List<EncodedPair> pairs : batch.microBatches()) {
            evaluate(pairs, batch, true);
        }
        return updates.drain();
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
        updates.close();
    }

    private double[] evaluate(List<EncodedPair> pairs, PairBatch batch, boolean withGradients) {
        String method = withGradients ? gradients : "loss_value";
        List<int[]> rows = new ArrayList<>();
        pairs.forEach(pair -> rows.add(pair.chosen().ids()));
        pairs.forEach(pair -> rows.add(pair.rejected().ids()));
        Sequences sequences = Sequences.of(rows, model);
        ResponseTokens response = ResponseTokens.of(pairs, sequences.length());
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(withGradients);
        try (NDManager scope = updates.scope()) {
            NDList inputs = withGradients ? updates.inputs() : model.inputs();
            inputs.add(sequences.ids(scope));
            inputs.add(scope.create(sequences.lastPositions()));
            inputs.add(scope.create(response.positions()));
            inputs.add(scope.create(response.targets()));
            inputs.add(scope.create(scales(batch)));
            try (NDList output = model.kernels().run(method, inputs, withGradients)) {
                return widen(output.singletonOrThrow().toFloatArray());
            }
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    private double[] scales(PairBatch batch) {
        return new double[] {
            loss.rewardWeight() / batch.pairs(),
            loss.languageWeight() / batch.responseTokens(),
            loss.margin(),
            loss.magnitudePenalty() / (2.0 * batch.pairs())
        };
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

    private static void add(double[] sums, double[] parts) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += parts[i];
        }
    }

    private static double[] widen(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    /** Where a chosen response's tokens are predicted (one before each) and what they are. */
    private record ResponseTokens(long[] positions, long[] targets) {
        static ResponseTokens of(List<EncodedPair> pairs, int length) {
            int count = 0;
            for (EncodedPair pair : pairs) {
                count += pair.chosen().length() - pair.chosen().promptTokens();
            }
            long[] positions = new long[count];
            long[] targets = new long[count];
            int i = 0;
            for (int row = 0; row < pairs.size(); row++) {
                EncodedText text = pairs.get(row).chosen();
                for (int at = text.promptTokens(); at < text.length(); at++) {
                    positions[i] = (long) row * length + at - 1;
                    targets[i++] = text.ids()[at];
                }
            }
            return new ResponseTokens(positions, targets);
        }
    }
}
