package io.prefstream.model.engine;

import ai.djl.ndarray.NDArray;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a step gave; large arrays stay in the engine until a row of them is asked for. */
final class StepOutput implements AutoCloseable {
    private final NDArray[] arrays;
    private final long[] best;
    private final float[] bestScores;
    final float[] likelihoods;
    final float[] rewards;
    private @Nullable FloatBuffer scores;
    private @Nullable FloatBuffer probabilities;

    StepOutput(NDArray[] arrays) {
        this.arrays = arrays;
        boolean sampled = arrays[0].size() > 0;
        best = sampled ? arrays[0].toLongArray() : new long[0];
        bestScores = floats(1);
        likelihoods = floats(4);
        rewards = floats(5);
    }

    /** The token with the highest logit. */
    int best(int index) {
        return (int) best[index];
    }

    /** Log-probabilities after a sampled row, penalties applied, at temperature 1: [vocabulary]. */
    float[] logProbabilities(int index) {
        return row(scores(), index);
    }

    /** As {@link #logProbabilities(int)}, of one token. */
    float logProbability(int index, int token) {
        if (token == best(index)) {
            return bestScores[index];
        }
        FloatBuffer all = scores();
        return all.get(index * (all.capacity() / best.length) + token);
    }

    /** The likeliest tokens after a sampled row, the likeliest first. */
    List<TokenListener.Chosen> top(int index, int count) {
        if (count <= 0) {
            return List.of();
        }
        float[] all = logProbabilities(index);
        long[] order = new long[all.length];
        for (int i = 0; i < order.length; i++) {
            int bits = Float.floatToIntBits(all[i]);
            int sortable = bits ^ ((bits >> 31) & 0x7fffffff);
            order[i] = ((long) ~sortable) << 32 | i;
        }
        Arrays.sort(order);
        List<TokenListener.Chosen> top = new ArrayList<>();
        for (int i = 0; i < Math.min(count, order.length); i++) {
            int token = (int) order[i];
            top.add(new TokenListener.Chosen(token, all[token]));
        }
        return top;
    }

    /** Probabilities at the row's temperature: [vocabulary]. */
    float[] probabilities(int index) {
        if (probabilities == null) {
            probabilities = buffer(3);
        }
        return row(probabilities, index);
    }

    @Override
    public void close() {
        for (NDArray array : arrays) {
            array.close();
        }
    }

    private FloatBuffer scores() {
        if (scores == null) {
            scores = buffer(2);
        }
        return scores;
    }

    private float[] row(FloatBuffer all, int index) {
        int width = all.capacity() / best.length;
        float[] row = new float[width];
        all.get(index * width, row);
        return row;
    }

    private float[] floats(int i) {
        return arrays[i].size() == 0 ? new float[0] : arrays[i].toFloatArray();
    }

    private FloatBuffer buffer(int i) {
        return arrays[i].toByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
}
