package io.prefstream.ingest.neardup;

import io.prefstream.jobs.common.tokens.TokenHashes;

/**
 * How the minima of a signature are cut into bands, so that similar texts are likely to agree in
 * all rows of at least one band: with probability {@code 1 - (1 - s^rows)^bands} at similarity s
 * (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4).
 *
 * @param bands how many bands
 * @param rows minima of each band
 */
public record Banding(int bands, int rows) {

    private static final double STEP = 1e-3;

    /**
     * The banding with the least weighted sum of both errors, as datasketch computes it: the area
     * under the curve left of the threshold (false candidates) and the area above it right of the
     * threshold (missed ones).
     *
     * @param threshold similarity from which texts are near-duplicates
     * @param minima minima of a signature
     * @param maxBands most bands: each costs a look-up for each snippet
     * @param missedWeight weight of missed ones, from 0 to 1; the rest is that of false candidates,
     *     each of which costs a comparison
     */
    static Banding of(double threshold, int minima, int maxBands, double missedWeight) {
        Banding best = new Banding(1, 1);
        double least = Double.POSITIVE_INFINITY;
        for (int bands = 1; bands <= Math.min(maxBands, minima); bands++) {
            for (int rows = 1; bands * rows <= minima; rows++) {
                Banding banding = new Banding(bands, rows);
                double error = banding.error(threshold, missedWeight);
                if (error < least) {
                    least = error;
                    best = banding;
                }
            }
        }
        return best;
    }

    /** Probability that texts of this similarity meet in at least one band. */
    public double meets(double similarity) {
        return 1 - Math.pow(1 - Math.pow(similarity, rows), bands);
    }

    /** The key of one band of a signature. */
    long key(int[] minima, int band) {
        long key = band;
        for (int i = band * rows; i < (band + 1) * rows; i++) {
            key = TokenHashes.mix(key + 0x9e3779b97f4a7c15L ^ minima[i]);
        }
        return key;
    }

    private double error(double threshold, double missedWeight) {
        double error = 0;
        for (double s = STEP / 2; s < 1; s += STEP) {
            error += s < threshold ? (1 - missedWeight) * meets(s) : missedWeight * (1 - meets(s));
        }
        return error;
    }
}
