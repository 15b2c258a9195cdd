package io.prefstream.validate.judge;

import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.Verdict;
import io.prefstream.validate.checks.CheckResult;
import io.prefstream.validate.checks.ValidateReason;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What votes say of a pair. Each stands on it as an outcome {@value Vote#CHECK}, and behind them as
 * {@value #CHECK} what they come to, be it nothing; whether the pair is doubted is read from the
 * votes.
 *
 * @param minSupport least support, in [0, 1]
 */
public record JudgeRule(double minSupport) implements Serializable {

    /** Name of the check of all votes: a wire value. */
    static final String CHECK = "judge-support";

    public JudgeRule {
        if (!(minSupport >= 0 && minSupport <= 1)) {
            throw new IllegalArgumentException(
                    "support %s must be from 0 to 1".formatted(minSupport));
        }
    }

    /**
     * Part of the votes that chosen has, in [0, 1]: one for neither side counts as half.
     *
     * @param outcomes of a pair
     * @return empty if nobody voted
     */
    public static OptionalDouble support(List<CheckOutcome> outcomes) {
        return outcomes.stream()
                .filter(each -> each.getCheck().equals(Vote.CHECK))
                .filter(each -> each.getVerdict() != Verdict.SKIPPED && each.getValue() != null)
                .mapToDouble(each -> (each.getValue() + 1) / 2)
                .average();
    }

    /** The support that votes give a pair: SKIPPED where all of them are abstentions. */
    CheckOutcome outcome(List<CheckOutcome> votes) {
        OptionalDouble support = support(votes);
        CheckOutcome.Builder outcome = CheckOutcome.newBuilder().setCheck(CHECK);
        if (support.isEmpty()) {
            return outcome.setVerdict(Verdict.SKIPPED)
                    .setDetail("no judge voted, of %,d asked".formatted(votes.size()))
                    .build();
        }
        return outcome.setVerdict(support.getAsDouble() >= minSupport ? Verdict.PASS : Verdict.FAIL)
                .setValue(support.getAsDouble())
                .build();
    }

    /** Why a pair with these outcomes is doubted, empty where it is not. */
    public Optional<CheckResult.Refused> doubt(List<CheckOutcome> outcomes) {
        OptionalDouble support = support(outcomes);
        return support.isEmpty() || support.getAsDouble() >= minSupport
                ? Optional.empty()
                : Optional.of(
                        new CheckResult.Refused(
                                ValidateReason.JUDGE_DISAGREES,
                                "chosen has %s of the judges' votes, less than validate.judge.min-support=%s"
                                        .formatted(support.getAsDouble(), minSupport)));
    }
}
