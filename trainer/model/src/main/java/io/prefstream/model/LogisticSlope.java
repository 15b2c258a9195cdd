package io.prefstream.model;

/**
 * Logistic regression with one slope and given offsets: P(label 1) = σ(offset + slope · x), as
 * Platt (1999) scales a classifier's score.
 *
 * <p>The slope is the most likely one from zero up, where slopes are normally distributed around
 * what is known beforehand with a standard deviation of 1: so it is finite where all labels agree,
 * and stays where it was without data. Newton's method on a strictly concave function; cost: some
 * passes over the data.
 */
public final class LogisticSlope {

    private static final int MAX_STEPS = 100;
    private static final double TOLERANCE = 1e-10;

    private LogisticSlope() {}

    /**
     * The slope, at least 0.
     *
     * @param x finite numbers, [n]
     * @param offsets log-odds of label 1 by what else is known, [n]
     * @param labels 0 to 1, [n]
     * @param expected the slope that is expected without data
     * @throws IllegalArgumentException if the lengths differ
     */
    public static double fit(double[] x, double[] offsets, double[] labels, double expected) {
        if (x.length != offsets.length || x.length != labels.length) {
            throw new IllegalArgumentException(
                    "%,d numbers, %,d offsets and %,d labels"
                            .formatted(x.length, offsets.length, labels.length));
        }
        double slope = Math.max(0, expected);
        for (int step = 0; step < MAX_STEPS; step++) {
            double gradient = expected - slope;
            double curvature = 1;
            for (int i = 0; i < x.length; i++) {
                double p = 1 / (1 + Math.exp(-offsets[i] - slope * x[i]));
                gradient += x[i] * (labels[i] - p);
                curvature += x[i] * x[i] * p * (1 - p);
            }
            double change = gradient / curvature;
            double before = value(x, offsets, labels, expected, slope);
            while (Math.abs(change) > TOLERANCE
                    && value(x, offsets, labels, expected, slope + change) < before) {
                change /= 2;
            }
            slope = Math.max(0, slope + change);
            if (Math.abs(change) <= TOLERANCE || slope == 0 && gradient < 0) {
                break;
            }
        }
        return slope;
    }

    private static double value(
            double[] x, double[] offsets, double[] labels, double expected, double slope) {
        double value = -(slope - expected) * (slope - expected) / 2;
        for (int i = 0; i < x.length; i++) {
            double logOdds = offsets[i] + slope * x[i];
            // t·log σ(z) + (1 − t)·log σ(−z), without overflow.
            value -=
                    Math.max(0, logOdds)
                            + Math.log1p(Math.exp(-Math.abs(logOdds)))
                            - labels[i] * logOdds;
        }
        return value;
    }
}
