package io.prefstream.validate;

import io.prefstream.schemas.CheckOutcome;
import io.prefstream.validate.execution.ExecutionRule;
import io.prefstream.validate.judge.JudgeRule;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Estimated probability that chosen is really the better side.
 *
 * <p>confidence = σ(logit(prior of the strategy) + logit(judges' accuracy) · (2 · support - 1) +
 * weight · clamp(margin, ±{@value #MAX_MARGIN})), without the summands that nobody gave. A
 * Bradley-Terry margin is the model's log-odds for the label, so the sum is Bayes' rule with the
 * model's word discounted by the weight; clamped, because a young model's large margins mean
 * little. Votes of one judge on one pair are anything but independent, so that all together count
 * as the word of one who is right as often as the judges' accuracy says.
 *
 * <p>The priors are first guesses: a mutant of published code is equivalent or better in some
 * percent of cases (mutation testing reports 4–39 % equivalent mutants over all operators; ours are
 * drawn to change behaviour), of the code that fixes change 66 to 87 % has to do with what they fix
 * (Herbold et al., arXiv 2011.06244), a stronger model's answer is often no better than a weaker
 * one's, published code is more often better than a weak model's, and a critic's or a preference
 * model's word is worth a little. Where both sides were run and chosen passed clearly more of its
 * tests, that is the prior whatever the strategy: what is left is that the tests themselves are
 * wrong or beside the point.
 *
 * @param marginWeight weight of the margin, at least 0; 0 ignores it
 * @param judgeAccuracy how often a unanimous judge is right, at least 0.5, which ignores it, and
 *     less than 1
 */
public record LabelConfidence(double marginWeight, double judgeAccuracy) implements Serializable {

    static final double MAX_MARGIN = 4.0;

    private static final Map<String, Double> PRIORS =
            Map.of(
                    "mutation", 0.95,
                    "source-vs-model", 0.85,
                    "commit", 0.8,
                    "model-gap", 0.75,
                    "critic", 0.65,
                    "self-contrast", 0.65);
    private static final double OTHER_PRIOR = 0.6;
    private static final double TESTED_PRIOR = 0.98;

    public LabelConfidence {
        if (!(marginWeight >= 0 && marginWeight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("margin weight " + marginWeight + " is below 0");
        }
        if (!(judgeAccuracy >= 0.5 && judgeAccuracy < 1)) {
            throw new IllegalArgumentException(
                    "judge accuracy " + judgeAccuracy + " is not from 0.5 to 1");
        }
    }

    /**
     * The confidence, in (0, 1).
     *
     * @param strategy how the pair was made
     * @param outcomes what tests and judges said, of all that the checks found
     * @param margin reward of chosen minus reward of rejected, null where there is none
     */
    public double of(String strategy, List<CheckOutcome> outcomes, @Nullable Double margin) {
        double prior =
                ExecutionRule.confirmed(outcomes)
                        ? TESTED_PRIOR
                        : PRIORS.getOrDefault(strategy, OTHER_PRIOR);
        double evidence = 0;
        OptionalDouble support = JudgeRule.support(outcomes);
        if (support.isPresent()) {
            evidence += logit(judgeAccuracy) * (2 * support.getAsDouble() - 1);
        }
        if (margin != null) {
            evidence += marginWeight * Math.max(-MAX_MARGIN, Math.min(MAX_MARGIN, margin));
        }
        return evidence == 0 ? prior : 1 / (1 + Math.exp(-logit(prior) - evidence));
    }

    private static double logit(double probability) {
        return Math.log(probability / (1 - probability));
    }
}
