package io.prefstream.validate;

import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Estimated probability that chosen is really the better side.
 *
 * <p>confidence = σ(logit(prior of the strategy) + weight · clamp(margin, ±{@value #MAX_MARGIN})),
 * without a margin the prior. A Bradley-Terry margin is the model's log-odds for the label, so the
 * sum is Bayes' rule with the model's word discounted by the weight; clamped, because a young
 * model's large margins mean little.
 *
 * <p>The priors are first guesses: a mutant of published code is equivalent or better in some
 * percent of cases (mutation testing reports 4–39 % equivalent mutants over all operators; ours are
 * drawn to change behaviour), a stronger model's answer is often no better than a weaker one's.
 *
 * @param marginWeight weight of the margin, at least 0; 0 ignores it
 */
public record LabelConfidence(double marginWeight) implements Serializable {

    static final double MAX_MARGIN = 4.0;

    private static final Map<String, Double> PRIORS = Map.of("mutation", 0.95, "model-gap", 0.75);
    private static final double OTHER_PRIOR = 0.6;

    public LabelConfidence {
        if (!(marginWeight >= 0 && marginWeight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("margin weight " + marginWeight + " is below 0");
        }
    }

    /**
     * The confidence, in (0, 1).
     *
     * @param strategy how the pair was made
     * @param margin reward of chosen minus reward of rejected, null where there is none
     */
    public double of(String strategy, @Nullable Double margin) {
        double prior = PRIORS.getOrDefault(strategy, OTHER_PRIOR);
        if (margin == null || marginWeight == 0) {
            return prior;
        }
        double clamped = Math.max(-MAX_MARGIN, Math.min(MAX_MARGIN, margin));
        double logOdds = Math.log(prior / (1 - prior)) + marginWeight * clamped;
        return 1 / (1 + Math.exp(-logOdds));
    }
}
