package io.prefstream.trainer.probe;

import java.util.List;

/**
 * A trivial reader of pairs: fitted on some, asked about others. It sees the two responses only.
 */
interface Probe {

    /** Two responses, the better one first. */
    record Pair(String chosen, String rejected) {}

    /** Learns from pairs, in their order. */
    void fit(List<Pair> pairs);

    /** How much better the first looks than the second: above 0 for the first, 0 for a tie. */
    double margin(String first, String second);
}
