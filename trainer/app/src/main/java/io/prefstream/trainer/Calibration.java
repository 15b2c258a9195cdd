package io.prefstream.trainer;

import java.util.ArrayList;
import java.util.List;

/**
 * How far a preference model's probabilities are from how often it is right.
 *
 * <p>A margin m says with probability σ(|m|) that the side it prefers is the better one. Pairs go
 * into {@value #BINS} bins of equal width over [0.5, 1] by that probability, their confidence; the
 * expected calibration error (Guo et al. 2017, arXiv 1706.04599, equation 3) is the mean, weighted
 * by pairs, of the distance between a bin's accuracy and its mean confidence. 0 is perfect; 1 is to
 * be always sure and always wrong. A tie is half right ({@link Outcome}).
 *
 * @param expectedError expected calibration error; NaN without pairs or with a margin that is no
 *     number
 * @param brier mean of (1 − σ(m))²
 * @param logLoss mean of −log σ(m)
 * @param bins those with pairs, by confidence
 */
public record Calibration(double expectedError, double brier, double logLoss, List<Bin> bins) {

    private static final int BINS = 10;

    public Calibration {
        bins = List.copyOf(bins);
    }

    /**
     * Pairs of like confidence.
     *
     * @param number of the bin, from 0
     * @param confidence their mean
     * @param accuracy how many of them are right; a tie is half right
     */
    public record Bin(int number, int pairs, double confidence, double accuracy) {}

    /**
     * Of margins.
     *
     * @param margins reward of chosen minus reward of rejected, pair by pair
     */
    public static Calibration of(float[] margins) {
        int[] pairs = new int[BINS];
        double[] confidence = new double[BINS];
        double[] right = new double[BINS];
        double brier = 0;
        double logLoss = 0;
        for (float margin : margins) {
            double wrong = 1 / (1 + Math.exp(margin));
            brier += wrong * wrong;
            // −log σ(m) = log(1 + e^−m), without overflow.
            logLoss += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
            int bin = bin(margin);
            pairs[bin]++;
            confidence[bin] += confidence(margin);
            right[bin] += Outcome.of(margin).right();
        }
        double distance = 0;
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i < BINS; i++) {
            distance += Math.abs(right[i] - confidence[i]);
            if (pairs[i] > 0) {
                bins.add(new Bin(i, pairs[i], confidence[i] / pairs[i], right[i] / pairs[i]));
            }
        }
        return new Calibration(
                distance / margins.length, brier / margins.length, logLoss / margins.length, bins);
    }

    /** Number of the bin that a margin's pair goes into. */
    public static int bin(float margin) {
        return (int) Math.min(BINS - 1, (confidence(margin) - 0.5) * 2 * BINS);
    }

    private static double confidence(float margin) {
        return 1 / (1 + Math.exp(-Math.abs((double) margin)));
    }
}
