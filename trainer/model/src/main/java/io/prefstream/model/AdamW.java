package io.prefstream.model;

/**
 * Settings of AdamW (arXiv 1711.05101) with clipping by the global gradient norm.
 *
 * @param weightDecay decoupled; parameters of one dimension (norms, biases) are not decayed
 * @param maxGradientNorm gradients with a larger global norm are scaled down to it
 */
public record AdamW(
        double beta1, double beta2, double epsilon, double weightDecay, double maxGradientNorm) {
    public AdamW {
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
            throw new IllegalArgumentException(
                    "beta1=%s and beta2=%s must be in [0, 1)".formatted(beta1, beta2));
        }
        if (!(epsilon > 0 && weightDecay >= 0 && maxGradientNorm > 0)) {
            throw new IllegalArgumentException(
                    "epsilon=%s and max-gradient-norm=%s must be above 0, weight-decay=%s not below"
                            .formatted(epsilon, maxGradientNorm, weightDecay));
        }
    }

    /** β 0.9 and 0.95, decay 0.1, norm 1: usual for decoders trained from scratch. */
    public static AdamW defaults() {
        return new AdamW(0.9, 0.95, 1e-8, 0.1, 1.0);
    }
}
