package io.prefstream.jobs.common.decontaminate;

import java.util.Locale;

/**
 * What of a benchmark's item was found in a text.
 *
 * @param version edition of the benchmark
 * @param found fingerprints of the item that the text holds
 * @param all fingerprints that the item has
 */
public record Contamination(String benchmark, String version, String item, int found, int all) {

    /** The share of the item's fingerprints that the text holds. */
    public double share() {
        return (double) found / all;
    }

    /** In one line. */
    public String inWords() {
        return String.format(
                Locale.ROOT,
                "%s of %s: %d of its %d fingerprints, a share of %.3f (fingerprints %s)",
                item,
                benchmark,
                found,
                all,
                share(),
                version);
    }
}
