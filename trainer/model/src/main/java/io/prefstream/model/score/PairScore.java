package io.prefstream.model.score;

/**
 * Rewards of both answers, by one and the same checkpoint.
 *
 * @param checkpointId whose weights gave them
 */
public record PairScore(float chosen, float rejected, String checkpointId) {
    /** r⁺ − r⁻: above 0 when the model agrees with the label. */
    public float margin() {
        return chosen - rejected;
    }
}
