package io.prefstream.replay;

/**
 * Keeps pairs whose label is doubtful from high priorities: a mislabelled pair has the highest loss
 * of all, for ever. Pairs below the gate get at most its priority and all others at least that, so
 * none of the doubtful is ever before one that isn't.
 *
 * @param minConfidence that a pair needs to pass; 0 lets all pass
 * @param priority between the doubtful and the others
 */
public record ConfidenceGate(double minConfidence, double priority) {

    /** Lets all pass. */
    public static final ConfidenceGate OPEN = new ConfidenceGate(0, 0);

    public ConfidenceGate {
        if (!(minConfidence >= 0 && minConfidence <= 1)) {
            throw new IllegalArgumentException(
                    "replay.gate.min-confidence=%s must be in [0, 1]".formatted(minConfidence));
        }
        if (!(priority >= 0 && priority < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "replay.gate.priority=%s must be at least 0".formatted(priority));
        }
    }

    /** The priority that a pair has behind the gate. */
    double apply(double wanted, double confidence) {
        return confidence < minConfidence ? Math.min(wanted, priority) : Math.max(wanted, priority);
    }
}
