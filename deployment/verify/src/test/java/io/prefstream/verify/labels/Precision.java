package io.prefstream.verify.labels;

import java.util.Locale;

/**
 * A share with its Wilson interval at 95 % (E. B. Wilson, JASA 22, 1927).
 *
 * @param right of {@code all}
 */
record Precision(long right, long all) {

    private static final double Z = 1.959964;

    double low() {
        return centre() - halfWidth();
    }

    double high() {
        return centre() + halfWidth();
    }

    private double centre() {
        double share = (double) right / all;
        return (share + Z * Z / (2 * all)) / (1 + Z * Z / all);
    }

    private double halfWidth() {
        double share = (double) right / all;
        return Z
                / (1 + Z * Z / all)
                * Math.sqrt(share * (1 - share) / all + Z * Z / (4.0 * all * all));
    }

    @Override
    public String toString() {
        return all == 0
                ? "none decided"
                : String.format(
                        Locale.ROOT,
                        "%.1f %% (%.1f–%.1f)",
                        100.0 * right / all,
                        100 * low(),
                        100 * high());
    }
}
