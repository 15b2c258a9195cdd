package io.prefstream.trainer;

/**
 * How far a preference model's probabilities are from how often it is right: the expected
 * calibration error of Guo et al. 2017 (arXiv 1706.04599, equation 3).
 *
 * <p>A margin m says with probability σ(|m|) that the side it prefers is the better one. Pairs go
 * into {@value #BINS} bins of equal width over [0.5, 1] by that probability; the error is the mean,
 * weighted by pairs, of the distance between a bin's accuracy and its mean probability. 0 is
 * perfect; 1 is to be always sure and always wrong. A tie is half right, as in {@link Accuracy}.
 */
public final class Calibration {

    private static final int BINS = 10;

    private Calibration() {}

    /**
     * The expected calibration error.
     *
     * @param margins reward of chosen minus reward of rejected, pair by pair
     * @return NaN without pairs or with a margin that is no number
     */
    public static double expectedError(float[] margins) {
        double[] right = new double[BINS];
        double[] probability = new double[BINS];
        for (float margin : margins) {
            double p = 1 / (1 + Math.exp(-Math.abs((double) margin)));
            int bin = (int) Math.min(BINS - 1, (p - 0.5) * 2 * BINS);
            right[bin] += margin > 0 ? 1 : margin == 0 ? 0.5 : 0;
            probability[bin] += p;
        }
        double distance = 0;
        for (int bin = 0; bin < BINS; bin++) {
            distance += Math.abs(right[bin] - probability[bin]);
        }
        return distance / margins.length;
    }
}
