package io.prefstream.model;

/**
 * L = rewardWeight · mean(−log σ(r⁺ − r⁻ − margin)) + languageWeight · mean CE of the chosen
 * response's tokens + magnitudePenalty · mean r².
 *
 * <p>The first two terms, both of weight 1, are CodePMP's (arXiv 2410.02229, section 3.2); the
 * penalty keeps rewards near zero, which the difference alone leaves free. Each mean is over the
 * whole batch, of terms times their pair's weight; the weights don't count in what is divided by.
 *
 * @param magnitudePenalty weight of the mean of squared rewards over both sides
 */
public record PreferenceLoss(
        double rewardWeight, double languageWeight, double margin, double magnitudePenalty) {
    public PreferenceLoss {
        atLeastZero("reward-weight", rewardWeight);
        atLeastZero("language-weight", languageWeight);
        atLeastZero("margin", margin);
        atLeastZero("magnitude-penalty", magnitudePenalty);
    }

    /** The paper's loss. */
    public static PreferenceLoss codePmp() {
        return new PreferenceLoss(1, 1, 0, 0);
    }

    private static void atLeastZero(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("%s=%s must be at least 0".formatted(name, value));
        }
    }
}
