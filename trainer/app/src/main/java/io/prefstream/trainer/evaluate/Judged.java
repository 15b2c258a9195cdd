package io.prefstream.trainer.evaluate;

import io.prefstream.trainer.pairs.Comparison;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A comparison with its rewards.
 *
 * @param chosen of the better answers, in their order
 * @param rejected of the others
 */
record Judged(Comparison comparison, float[] chosen, float[] rejected) {

    /**
     * Of the rewards of all its answers.
     *
     * @param rewards those of the chosen ones first
     */
    static Judged of(Comparison comparison, float[] rewards) {
        int chosen = comparison.chosen().size();
        return new Judged(
                comparison,
                Arrays.copyOf(rewards, chosen),
                Arrays.copyOfRange(rewards, chosen, rewards.length));
    }

    /** Reward of a better answer minus that of another, each with each. */
    List<Float> margins() {
        List<Float> margins = new ArrayList<>(chosen.length * rejected.length);
        for (float better : chosen) {
            for (float other : rejected) {
                margins.add(better - other);
            }
        }
        return margins;
    }
}
