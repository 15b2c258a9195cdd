package io.prefstream.trainer.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether σ(margin), which the preference loss reads as the probability that the chosen answer is
 * the better one, is that often right.
 *
 * <p>A pair's confidence is max(p, 1 − p); pairs are put into bins of equal width between 0.5 and
 * 1, and the expected calibration error is the mean distance between a bin's confidence and its
 * accuracy, weighted by pairs (Guo et al. 2017, arXiv 1706.04599).
 *
 * @param expectedError expected calibration error
 * @param brier mean of (1 − p)²
 * @param logLoss mean of −log p
 * @param bins those with pairs, by confidence
 */
record Calibration(double expectedError, double brier, double logLoss, List<Bin> bins) {
    private static final int BINS = 10;

    Calibration {
        bins = List.copyOf(bins);
    }

    /**
     * Pairs of like confidence.
     *
     * @param confidence their mean
     * @param accuracy how many of them are right; a tie is half right
     */
    record Bin(int pairs, double confidence, double accuracy) {}

    /** Of margins, at least one. */
    static Calibration of(List<Float> margins) {
        int[] pairs = new int[BINS];
        double[] confidence = new double[BINS];
        double[] right = new double[BINS];
        double brier = 0;
        double logLoss = 0;
        for (float margin : margins) {
            double p = 1 / (1 + Math.exp(-margin));
            brier += (1 - p) * (1 - p);
            // −log σ(m) = log(1 + e^−m), without overflow.
            logLoss += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
            double sure = Math.max(p, 1 - p);
            int bin = Math.min(BINS - 1, (int) ((sure - 0.5) * 2 * BINS));
            pairs[bin]++;
            confidence[bin] += sure;
            right[bin] += margin > 0 ? 1 : margin == 0 ? 0.5 : 0;
        }
        double error = 0;
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i < BINS; i++) {
            if (pairs[i] > 0) {
                error += Math.abs(confidence[i] - right[i]) / margins.size();
                bins.add(new Bin(pairs[i], confidence[i] / pairs[i], right[i] / pairs[i]));
            }
        }
        return new Calibration(error, brier / margins.size(), logLoss / margins.size(), bins);
    }
}
