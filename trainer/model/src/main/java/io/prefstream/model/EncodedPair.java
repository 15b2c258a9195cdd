package io.prefstream.model;

/** The two encoded answers to one prompt. */
public record EncodedPair(EncodedText chosen, EncodedText rejected) {
    /** Length of the longer one. */
    public int length() {
        return Math.max(chosen.length(), rejected.length());
    }

    public boolean overBudget() {
        return chosen.overBudget() || rejected.overBudget();
    }
}
