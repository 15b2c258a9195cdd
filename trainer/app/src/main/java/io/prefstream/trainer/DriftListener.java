package io.prefstream.trainer;

/**
 * Hears that fresh pairs have become harder. Where batches are drawn from fresh pairs and from
 * older ones apart, this is the place to draw more of the older ones (arXiv 2403.08763 has 5 % for
 * a weak shift, 25 % for a strong one).
 */
@FunctionalInterface
public interface DriftListener {

    /** Called between two steps, by the thread that trains. */
    void drifted(DriftAlarm alarm);

    /** Does nothing: for training from one table. */
    static DriftListener none() {
        return alarm -> {};
    }
}
