package io.prefstream.trainer;

import java.util.Optional;

/**
 * Notices that a model has become worse on fresh pairs: ADWIN (Bifet and Gavaldà, "Learning from
 * time-changing data with adaptive windowing", SDM 2007, section 3, ADWIN0) on their outcomes.
 *
 * <p>The window holds the newest outcomes. It is cut where the rates of its two parts, of n₀ and n₁
 * outcomes, differ by at least ε = √(ln(4n/δ) / 2m), with n = n₀ + n₁ and m = 1/(1/n₀ + 1/n₁); the
 * older part is dropped, and it is an alarm if the newer one is worse. The bound holds of all
 * numbers between 0 and 1, so of ties, which are a half, too. With outcomes of one rate a look at
 * the window cuts it with probability δ at most (theorem 3.1). Where several places qualify it is
 * cut where the difference exceeds ε by most; and the window has an upper bound, so it sees no
 * change slower than that.
 *
 * <p>Cost: every {@code checkEvery} outcomes a pass over the window.
 */
final class DriftDetector {

    private final double delta;
    private final int checkEvery;
    private final int most;
    private OutcomeWindow window;
    private long seen;

    /**
     * @param delta δ above
     * @param window outcomes kept at most
     * @param checkEvery outcomes between two looks
     */
    DriftDetector(double delta, int window, int checkEvery) {
        this.delta = delta;
        this.most = window;
        this.window = new OutcomeWindow(window);
        this.checkEvery = checkEvery;
    }

    /** Outcomes in the window as their symbols, oldest first, and how many there ever were. */
    record Saved(long seen, String outcomes) {
        static final Saved NONE = new Saved(0, "");
    }

    /** Goes on from what {@link #save} gave; of a longer window the newest outcomes are kept. */
    void restore(Saved saved) {
        window = OutcomeWindow.parse(saved.outcomes(), most);
        seen = saved.seen();
    }

    Saved save() {
        return new Saved(seen, window.text());
    }

    /**
     * Takes an outcome.
     *
     * @param step to name in an alarm
     */
    Optional<DriftAlarm> add(Outcome outcome, long step) {
        window.add(outcome);
        seen++;
        Optional<DriftAlarm> alarm = Optional.empty();
        while (seen % checkEvery == 0) {
            int cut = worstCut();
            if (cut == 0) {
                break;
            }
            Accuracy before = window.accuracy(0, cut);
            Accuracy after = window.accuracy(cut, window.size());
            if (after.value() < before.value()) {
                alarm = Optional.of(new DriftAlarm(step, before, after));
            }
            window.drop(cut);
        }
        return alarm;
    }

    /** Where the window is to be cut; 0 if nowhere. */
    private int worstCut() {
        int size = window.size();
        double all = window.accuracy(0, size).right();
        double logarithm = Math.log(4.0 * size / delta);
        double rightBefore = 0;
        double mostExcess = 0;
        int worst = 0;
        for (int before = 1; before < size; before++) {
            rightBefore += window.get(before - 1).right();
            int after = size - before;
            double difference = Math.abs(rightBefore / before - (all - rightBefore) / after);
            double epsilon = Math.sqrt(logarithm / 2 * (1.0 / before + 1.0 / after));
            double excess = difference - epsilon;
            if (excess >= mostExcess && difference >= epsilon) {
                mostExcess = excess;
                worst = before;
            }
        }
        return worst;
    }
}
