package io.prefstream.validate;

import io.prefstream.schemas.CandidatePair;
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
 * <p>The shipped priors are fitted: (confirmed + ½) / (decided + 1), the mean under Jeffreys'
 * prior, of labels that a compiler or a project's tests decided (docs/validation.md); a fix that
 * tests are at odds about counts as decided and not confirmed. That of a strategy without a prior
 * is a guess. Where both sides were run, here or by who made the candidate, and chosen passed
 * clearly more of its tests, that is the prior whatever the strategy: what is left is that the
 * tests themselves are wrong or beside the point. {@link CalibrationFile} has others.
 *
 * @param priors how often a strategy's label is right, by strategy, each within 0 and 1
 * @param otherPrior that of a strategy that isn't among them
 * @param testedPrior that of a pair whose tests told its sides apart
 * @param marginWeight weight of the margin, at least 0; 0 ignores it
 * @param judgeAccuracy how often a unanimous judge is right, at least 0.5, which ignores it, and
 *     less than 1
 */
public record LabelConfidence(
        Map<String, Double> priors,
        double otherPrior,
        double testedPrior,
        double marginWeight,
        double judgeAccuracy)
        implements Serializable {

    static final double MAX_MARGIN = 4.0;

    private static final Map<String, Double> PRIORS =
            Map.of(
                    "mutation", jeffreys(423, 423),
                    "source-vs-model", jeffreys(489, 489),
                    "model-gap", jeffreys(33, 58),
                    "self-contrast", jeffreys(12, 60),
                    "commit", jeffreys(141, 161),
                    "critic", jeffreys(23, 40));
    private static final double OTHER_PRIOR = 0.6;
    private static final double TESTED_PRIOR = 0.98;

    public LabelConfidence {
        priors = Map.copyOf(priors);
        priors.forEach((strategy, prior) -> requireProbability("prior of " + strategy, prior));
        requireProbability("other prior", otherPrior);
        requireProbability("tested prior", testedPrior);
        if (!(marginWeight >= 0 && marginWeight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("margin weight " + marginWeight + " is below 0");
        }
        if (!(judgeAccuracy >= 0.5 && judgeAccuracy < 1)) {
            throw new IllegalArgumentException(
                    "judge accuracy " + judgeAccuracy + " is not from 0.5 to 1");
        }
    }

    /** With the shipped priors. */
    public LabelConfidence(double marginWeight, double judgeAccuracy) {
        this(PRIORS, OTHER_PRIOR, TESTED_PRIOR, marginWeight, judgeAccuracy);
    }

    /** With other evidence. */
    LabelConfidence with(double otherWeight, double otherAccuracy) {
        return new LabelConfidence(priors, otherPrior, testedPrior, otherWeight, otherAccuracy);
    }

    private static void requireProbability(String what, double value) {
        if (!(value > 0 && value < 1)) {
            throw new IllegalArgumentException(what + " " + value + " is not between 0 and 1");
        }
    }

    /** How often labels are right of which so many were decided and so many of them confirmed. */
    static double jeffreys(long confirmed, long decided) {
        return (confirmed + 0.5) / (decided + 1.0);
    }

    /** The prior of a pair. */
    double prior(CandidatePair candidate, List<CheckOutcome> outcomes) {
        return ExecutionRule.confirmed(candidate, outcomes)
                ? testedPrior
                : priors.getOrDefault(candidate.getStrategy(), otherPrior);
    }

    /**
     * The confidence, in (0, 1).
     *
     * @param candidate what the pair was made of: its strategy and what its maker's tests said
     * @param outcomes what tests and judges said, of all that the checks found
     * @param margin reward of chosen minus reward of rejected, on the scale on which its release's
     *     margins are log-odds; null where there is none
     */
    public double of(
            CandidatePair candidate, List<CheckOutcome> outcomes, @Nullable Double margin) {
        double prior = prior(candidate, outcomes);
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

    static double logit(double probability) {
        return Math.log(probability / (1 - probability));
    }
}
