package io.prefstream.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.nio.FloatBuffer;

/** What a step gave; large arrays stay in the engine until a row of them is asked for. */
final class StepOutput implements AutoCloseable {
    private final NDList arrays;
    private final float[] best;
    private final float[] bestLogits;
    private final float[] normalizers;
    final float[] likelihoods;
    final float[] rewards;
    private FloatBuffer logits = FloatBuffer.allocate(0);
    private FloatBuffer probabilities = FloatBuffer.allocate(0);
    private boolean logitsRead;
    private boolean probabilitiesRead;

    StepOutput(NDList arrays) {
        this.arrays = arrays;
        best = arrays.get(0).toFloatArray();
        bestLogits = arrays.get(1).toFloatArray();
        normalizers = arrays.get(2).toFloatArray();
        likelihoods = arrays.get(5).toFloatArray();
        rewards = arrays.get(6).toFloatArray();
    }

    /** The token with the highest logit. */
    int best(int index) {
        return (int) best[index];
    }

    /** Logits of a sampled row: [vocabulary]. */
    float[] logits(int index) {
        return row(logits(), index);
    }

    float logit(int index, int token) {
        if (token == best(index)) {
            return bestLogits[index];
        }
        FloatBuffer all = logits();
        return all.get(index * (all.capacity() / best.length) + token);
    }

    /** Probabilities at the row's temperature: [vocabulary]. */
    float[] probabilities(int index) {
        if (!probabilitiesRead) {
            probabilities = floats(arrays.get(4));
            probabilitiesRead = true;
        }
        return row(probabilities, index);
    }

    /** What a logit is lessened by to become a log-probability. */
    double normalizer(int index) {
        return normalizers[index];
    }

    @Override
    public void close() {
        arrays.close();
    }

    private FloatBuffer logits() {
        if (!logitsRead) {
            logits = floats(arrays.get(3));
            logitsRead = true;
        }
        return logits;
    }

    private float[] row(FloatBuffer all, int index) {
        int width = all.capacity() / best.length;
        float[] row = new float[width];
        all.get(index * width, row);
        return row;
    }

    private static FloatBuffer floats(NDArray array) {
        return array.toByteBuffer().order(java.nio.ByteOrder.nativeOrder()).asFloatBuffer();
    }
}
