package io.prefstream.model.engine;

import ai.djl.ndarray.NDArray;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a step gave, of what its batch asked for; large arrays stay in the engine until a row of
 * them is read.
 */
final class StepOutput implements AutoCloseable {
    private static final float[] NONE = {};

    private final NDArray[] arrays;
    private final int sampled;
    private final long[] best;
    private final float[] bestScores;
    final float[] likelihoods;
    final float[] rewards;
    private final @Nullable FloatBuffer scores;
    private final @Nullable FloatBuffer probabilities;

    /**
     * @param arrays of the sampled rows their likeliest tokens and those tokens' log-probabilities
     *     if any row takes the likeliest, all log-probabilities, the probabilities; then
     *     likelihoods and rewards: those that the batch asks for, in this order
     */
    StepOutput(StepBatch batch, NDArray[] arrays) {
        this.arrays = arrays;
        Iterator<NDArray> left = List.of(arrays).iterator();
        sampled = batch.sampled();
        best = batch.likeliest() ? left.next().toLongArray() : new long[0];
        bestScores = batch.likeliest() ? left.next().toFloatArray() : NONE;
        scores = batch.scores() ? buffer(left.next()) : null;
        probabilities = batch.probabilities() ? buffer(left.next()) : null;
        likelihoods = batch.likely() ? left.next().toFloatArray() : NONE;
        rewards = batch.rewarded() ? left.next().toFloatArray() : NONE;
    }

    /** The token with the highest logit. */
    int best(int index) {
        return (int) best[index];
    }

    /** Log-probabilities after a sampled row, penalties applied, at temperature 1: [vocabulary]. */
    float[] logProbabilities(int index) {
        return row(scores, index);
    }

    /** As {@link #logProbabilities(int)}, of one token. */
    float logProbability(int index, int token) {
        if (scores == null && token == best(index)) {
            return bestScores[index];
        }
        FloatBuffer all = asked(scores);
        return all.get(index * (all.capacity() / sampled) + token);
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
        return row(probabilities, index);
    }

    @Override
    public void close() {
        for (NDArray array : arrays) {
            array.close();
        }
    }

    private float[] row(@Nullable FloatBuffer rows, int index) {
        FloatBuffer all = asked(rows);
        int width = all.capacity() / sampled;
        float[] row = new float[width];
        all.get(index * width, row);
        return row;
    }

    private static FloatBuffer asked(@Nullable FloatBuffer rows) {
        return Objects.requireNonNull(rows, "the batch did not ask for it");
    }

    private static FloatBuffer buffer(NDArray rows) {
        return rows.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
}
