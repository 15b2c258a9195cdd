package io.prefstream.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.model.weights.CorruptWeightsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Next-token training without preferences: mean cross entropy (nats) of every token of a window but
 * the first.
 *
 * <p>Windows of one call have one length, at most the context plus one token; micro-batches add up
 * to the batch.
 */
public final class LanguageTraining implements AutoCloseable {
    private final DecoderModel model;
    private final GradientUpdates updates;
    private final int tokensAtOnce;

    /**
     * @param loss mean over the predicted tokens
     * @param gradientNorm before clipping; when it is not finite nothing was applied
     */
    public record Step(double loss, double gradientNorm) {}

    LanguageTraining(DecoderModel model, AdamW optimizer, int tokensAtOnce) {
        if (!model.config().hasLanguageHead()) {
            throw new IllegalArgumentException("the model has no language head");
        }
        this.model = model;
        this.updates = new GradientUpdates(model, optimizer);
        this.tokensAtOnce = tokensAtOnce;
    }

    /** Updates applied so far. */
    public long step() {
        return updates.step();
    }

    /** Adds up the gradients over all windows and applies one update. */
    public Step run(List<int[]> windows, float learningRate) {
        double loss = sum(windows, true) / predicted(windows);
        return new Step(loss, updates.apply(learningRate));
    }

    /** The same loss without an update. */
    public double loss(List<int[]> windows) {
        return sum(windows, false) / predicted(windows);
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

    private double sum(List<int[]> windows, boolean withGradients) {
        int length = windows.get(0).length - 1;
        int rows = Math.max(1, tokensAtOnce / length);
        double sum = 0;
        for (int start = 0; start < windows.size(); start += rows) {
            List<int[]> some = windows.subList(start, Math.min(windows.size(), start + rows));
            sum += evaluate(some, length, withGradients ? 1f / predicted(windows) : 0);
        }
        return sum;
    }

    /** Sum of the losses; gradients are added when the scale is not 0. */
    private double evaluate(List<int[]> windows, int length, float scale) {
        List<int[]> rows = windows.stream().map(w -> java.util.Arrays.copyOf(w, length)).toList();
        Sequences sequences = Sequences.of(rows, model);
        long[] positions = new long[windows.size() * length];
        long[] targets = new long[positions.length];
        for (int row = 0; row < windows.size(); row++) {
            for (int i = 0; i < length; i++) {
                positions[row * length + i] = (long) row * sequences.length() + i;
                targets[row * length + i] = windows.get(row)[i + 1];
            }
        }
        boolean gradients = scale != 0;
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(gradients);
        try (NDManager scope = updates.scope()) {
            NDList inputs = gradients ? updates.gradients().inputs() : model.inputs();
            inputs.add(sequences.ids(scope));
            inputs.add(scope.create(positions));
            inputs.add(scope.create(targets));
            if (gradients) {
                inputs.add(scope.create(scale));
            }
            String method = gradients ? "lm_gradients" : "lm_loss";
            try (NDList output = model.kernels().run(method, inputs, gradients)) {
                return HostCopy.floats(output.singletonOrThrow())[0];
            }
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    private static int predicted(List<int[]> windows) {
        return windows.size() * (windows.get(0).length - 1);
    }
}
