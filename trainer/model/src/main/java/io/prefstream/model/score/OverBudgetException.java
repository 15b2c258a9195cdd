package io.prefstream.model.score;

/** A text that is longer than the model's context; it is refused, not cut. */
public final class OverBudgetException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public OverBudgetException(int tokens, int budget) {
        super(
                "text of %d tokens exceeds the context of max_position_embeddings=%d"
                        .formatted(tokens, budget));
    }
}
