package io.prefstream.model.engine;

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

    /** Of scores by the same weights. */
    static PairScore of(TextScore chosen, TextScore rejected) {
        return new PairScore(chosen.reward(), rejected.reward(), chosen.model());
    }
}
