package io.prefstream.model.engine;

import java.util.Optional;

/**
 * Rewards of both answers, by one and the same weights.
 *
 * @param model whose weights gave them
 */
public record PairScore(float chosen, float rejected, String model) {
    /** r⁺ − r⁻: above 0 when the model agrees with the label. */
    public float margin() {
        return chosen - rejected;
    }

    /** Empty where the two are of different weights and can't be compared. */
    static Optional<PairScore> of(TextScore chosen, TextScore rejected) {
        return chosen.model().equals(rejected.model())
                ? Optional.of(new PairScore(chosen.reward(), rejected.reward(), chosen.model()))
                : Optional.empty();
    }
}
