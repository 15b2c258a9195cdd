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
        double[] means = new double[resamples];
        for (int sample = 0; sample < resamples; sample++) {
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += values[random.nextInt(values.length)];
            }
            means[sample] = sum / values.length;
        }
        Arrays.sort(means);
        return new Estimate(
                Arrays.stream(values).average().orElse(Double.NaN),
                means[(int) Math.floor(0.025 * (resamples - 1))],
                means[(int) Math.ceil(0.975 * (resamples - 1))]);
    }
}
