package io.prefstream.validate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How often labels are right beside how often they are said to be.
 *
 * @param brier mean of (confidence − outcome)²
 * @param expectedError expected calibration error over ten bins of equal width (Guo et al. 2017,
 *     arXiv 1706.04599)
 */
record Reliability(int pairs, double brier, double expectedError, List<Bin> bins) {

    private static final int BINS = 10;

    /**
     * Pairs of like confidence.
     *
     * @param confidence their mean
     * @param right share of them whose label is right
     */
    record Bin(int pairs, double confidence, double right) {}

    /** Of at least one pair; both lists in the same order. */
    static Reliability of(List<Double> confidences, List<Boolean> right) {
        int[] pairs = new int[BINS];
        double[] said = new double[BINS];
        double[] found = new double[BINS];
        double brier = 0;
        for (int i = 0; i < confidences.size(); i++) {
            double p = confidences.get(i);
            int outcome = right.get(i) ? 1 : 0;
            int bin = (int) Math.min(BINS - 1, p * BINS);
            pairs[bin]++;
            said[bin] += p;
            found[bin] += outcome;
            brier += (p - outcome) * (p - outcome);
        }
        double error = 0;
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i < BINS; i++) {
            if (pairs[i] > 0) {
                error += Math.abs(said[i] - found[i]) / confidences.size();
                bins.add(new Bin(pairs[i], said[i] / pairs[i], found[i] / pairs[i]));
            }
        }
        return new Reliability(confidences.size(), brier / confidences.size(), error, bins);
    }

    /** As a table of Markdown. */
    String table(String title) {
        StringBuilder text =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "%n%s: %,d pairs, Brier score %.4f, expected calibration error"
                                        + " %.4f%n%n| pairs | mean confidence | right"
                                        + " |%n|--:|--:|--:|%n",
                                title,
                                pairs,
                                brier,
                                expectedError));
        for (Bin bin : bins) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "| %,d | %.3f | %.3f |%n",
                            bin.pairs(),
                            bin.confidence(),
                            bin.right()));
        }
        return text.toString();
    }
}
