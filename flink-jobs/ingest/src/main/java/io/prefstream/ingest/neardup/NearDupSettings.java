package io.prefstream.ingest.neardup;

import java.io.Serializable;
import java.time.Duration;

/**
 * What counts as a near-duplicate, and for how long it is known.
 *
 * @param enabled whether near-duplicates are dropped
 * @param permutations minima of a signature
 * @param shingle words of a shingle
 * @param threshold estimated Jaccard similarity from which two snippets are near-duplicates
 * @param maxBands most bands, each of which is a look-up
 * @param expiry how long a snippet is remembered after the last one that met it
 */
public record NearDupSettings(
        boolean enabled,
        int permutations,
        int shingle,
        double threshold,
        int maxBands,
        Duration expiry)
        implements Serializable {

    /** What is missed stays for good; what meets without being alike is compared and let go. */
    private static final double MISSED_WEIGHT = 0.8;

    /** How signatures are cut into bands. */
    public Banding banding() {
        return Banding.of(threshold, permutations, maxBands, MISSED_WEIGHT);
    }
}
