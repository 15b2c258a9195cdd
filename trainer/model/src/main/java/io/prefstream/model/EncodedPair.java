package io.prefstream.model;

/**
 * The two encoded answers to one prompt.
 *
 * @param weight of the pair's loss in that of a batch
 */
public record EncodedPair(EncodedText chosen, EncodedText rejected, double weight) {
    public EncodedPair {
        if (!(weight >= 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException(
                    "weight %s of a pair must be at least 0".formatted(weight));
        }
    }

    /** A pair of weight 1. */
    public EncodedPair(EncodedText chosen, EncodedText rejected) {
        this(chosen, rejected, 1);
    }

    /** The same pair with another weight. */
    public EncodedPair weighted(double other) {
        return new EncodedPair(chosen, rejected, other);
    }

    /** Length of the longer one. */
    public int length() {
        return Math.max(chosen.length(), rejected.length());
    }

    /** Real tokens of both. */
    public int tokens() {
        return chosen.length() + rejected.length();
    }

    public boolean overBudget() {
        return chosen.overBudget() || rejected.overBudget();
    }
}
