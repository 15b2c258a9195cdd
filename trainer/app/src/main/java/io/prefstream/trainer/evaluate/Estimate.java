package io.prefstream.trainer.evaluate;

import java.util.Arrays;
import java.util.Random;

/**
 * A mean over problems with the interval in which 95 % of the means of resampled problems lie
 * (percentile bootstrap, Efron 1979).
 */
record Estimate(double value, double low, double high) {

    /**
     * Of one number a problem.
     *
     * @param resamples how many samples are drawn, at least 1
     */
    static Estimate of(double[] values, int resamples, Random random) {
        int[] once = new int[values.length];
        Arrays.fill(once, 1);
        return ofRatio(values, once, resamples, random);
    }

    /**
     * Of a sum and a count a problem: the mean over all that is counted, of which a problem's stay
     * together in each sample.
     *
     * @param counts at least 1 each
     * @param resamples how many samples are drawn, at least 1
     */
    static Estimate ofRatio(double[] sums, int[] counts, int resamples, Random random) {
        double[] means = new double[resamples];
        for (int sample = 0; sample < resamples; sample++) {
            double sum = 0;
            long count = 0;
            for (int i = 0; i < sums.length; i++) {
                int drawn = random.nextInt(sums.length);
                sum += sums[drawn];
                count += counts[drawn];
            }
            means[sample] = sum / count;
        }
        Arrays.sort(means);
        return new Estimate(
                Arrays.stream(sums).sum() / Arrays.stream(counts).sum(),
                means[(int) Math.floor(0.025 * (resamples - 1))],
                means[(int) Math.ceil(0.975 * (resamples - 1))]);
    }
}
