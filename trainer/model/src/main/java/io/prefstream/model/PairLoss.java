package io.prefstream.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link PreferenceLoss} of micro-batches, forward and backward in one native call each.
 *
 * @param recomputeLayers whether the way back computes layers again instead of keeping them
 */
record PairLoss(PreferenceLoss loss, boolean recomputeLayers) {

    /** Numbers that {@link #evaluate} gives. */
    static final int PARTS = 7;

    /**
     * A micro-batch's share of the batch's loss, and sums over its pairs: reward loss, language
     * loss, squared rewards, chosen rewards, rejected rewards, pairs that are told right.
     *
     * @param gradients that the loss's are added to; null for none
     */
    double[] evaluate(
            DecoderModel model,
            @Nullable Gradients gradients,
            List<EncodedPair> pairs,
            PairBatch batch) {
        boolean withGradients = gradients != null;
        List<int[]> rows = new ArrayList<>();
        pairs.forEach(pair -> rows.add(pair.chosen().ids()));
        pairs.forEach(pair -> rows.add(pair.rejected().ids()));
        Sequences sequences = Sequences.of(rows, model);
        ResponseTokens response = ResponseTokens.of(pairs, sequences.length());
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(withGradients);
        try (NDManager scope = model.manager().newSubManager()) {
            NDList inputs = gradients == null ? model.inputs() : gradients.inputs();
            inputs.add(sequences.ids(scope));
            inputs.add(scope.create(sequences.lastPositions()));
            inputs.add(scope.create(response.positions()));
            inputs.add(scope.create(response.targets()));
            inputs.add(scope.create(scales(batch)));
            inputs.add(scope.create(weights(pairs)));
            inputs.add(scope.create(response.weights()));
            try (NDList output =
                    model.kernels().run(method(withGradients), inputs, withGradients)) {
                return widen(HostCopy.floats(output.singletonOrThrow()));
            }
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /** The pairs' weights; none where all are 1. */
    private static float[] weights(List<EncodedPair> pairs) {
        float[] weights = new float[weighted(pairs) ? pairs.size() : 0];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) pairs.get(i).weight();
        }
        return weights;
    }

    private static boolean weighted(List<EncodedPair> pairs) {
        return pairs.stream().anyMatch(pair -> pair.weight() != 1);
    }

    private double[] scales(PairBatch batch) {
        return new double[] {
            loss.rewardWeight() / batch.pairs(),
            loss.languageWeight() / batch.responseTokens(),
            loss.margin(),
            loss.magnitudePenalty() / (2.0 * batch.pairs())
        };
    }

    private String method(boolean withGradients) {
        if (!withGradients) {
            return "loss_value";
        }
        return recomputeLayers ? "loss_gradients_recomputed" : "loss_gradients";
    }

    private static double[] widen(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    /**
     * Where a chosen response's tokens are predicted (one before each), what they are, and the
     * weight of each, none where all are 1.
     */
    private record ResponseTokens(long[] positions, long[] targets, float[] weights) {
        static ResponseTokens of(List<EncodedPair> pairs, int length) {
            int count = 0;
            for (EncodedPair pair : pairs) {
                count += pair.chosen().length() - pair.chosen().promptTokens();
            }
            long[] positions = new long[count];
            long[] targets = new long[count];
            float[] weights = new float[weighted(pairs) ? count : 0];
            int i = 0;
            for (int row = 0; row < pairs.size(); row++) {
                EncodedText text = pairs.get(row).chosen();
                if (weights.length > 0) {
                    int end = i + text.length() - text.promptTokens();
                    Arrays.fill(weights, i, end, (float) pairs.get(row).weight());
                }
                for (int at = text.promptTokens(); at < text.length(); at++) {
                    positions[i] = (long) row * length + at - 1;
                    targets[i++] = text.ids()[at];
                }
            }
            return new ResponseTokens(positions, targets, weights);
        }
    }
}
