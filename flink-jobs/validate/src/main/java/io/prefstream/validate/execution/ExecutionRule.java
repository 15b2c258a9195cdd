package io.prefstream.validate.execution;

import io.prefstream.execution.PassRate;
import io.prefstream.execution.PassRule;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.Verdict;
import io.prefstream.validate.checks.CheckResult;
import io.prefstream.validate.checks.ValidateReason;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * What pass rates say of a pair. It is kept if chosen passes enough of its tests and rejected
 * clearly fewer.
 *
 * <p>What was found stands on the pair as two outcomes, {@value #CHOSEN} and {@value #REJECTED},
 * with the rates as values; whether the pair is refused is read from them.
 *
 * @param limits what is enough, and what is clear
 */
public record ExecutionRule(PassRule limits) implements Serializable {

    /** Name of the check of the chosen side: a wire value. */
    public static final String CHOSEN = "execution-chosen";

    /** Name of the check of the rejected side: a wire value. */
    public static final String REJECTED = "execution-rejected";

    /** Nothing was run. */
    static List<CheckOutcome> skipped(String why) {
        return List.of(skipped(CHOSEN, why), skipped(REJECTED, why));
    }

    /** Only chosen was run, because it fails. */
    List<CheckOutcome> failed(PassRate chosen) {
        return List.of(outcome(CHOSEN, false, chosen), skipped(REJECTED, "chosen fails its tests"));
    }

    /** Both were run, and chosen passes. */
    List<CheckOutcome> compared(PassRate chosen, PassRate rejected) {
        boolean apart = limits.apart(chosen, rejected);
        return List.of(outcome(CHOSEN, true, chosen), outcome(REJECTED, apart, rejected));
    }

    /**
     * Whether tests tell the sides apart: by the outcomes of a pair where its tests were run here,
     * else by the pass rates that the candidate brings, if AceCoder's rule keeps them.
     */
    public static boolean confirmed(CandidatePair candidate, List<CheckOutcome> outcomes) {
        if (find(outcomes, CHOSEN)
                .filter(each -> each.getVerdict() != Verdict.SKIPPED)
                .isPresent()) {
            return find(outcomes, REJECTED)
                    .filter(each -> each.getVerdict() == Verdict.PASS)
                    .isPresent();
        }
        Double chosen = candidate.getChosenPassRate();
        Double rejected = candidate.getRejectedPassRate();
        return chosen != null && rejected != null && PassRule.ACE_CODER.tells(chosen, rejected);
    }

    /** Why a pair with these outcomes is refused, empty where it is not. */
    public Optional<CheckResult.Refused> refusal(List<CheckOutcome> outcomes) {
        Optional<CheckOutcome> chosen = find(outcomes, CHOSEN);
        if (chosen.filter(each -> each.getVerdict() == Verdict.FAIL).isPresent()) {
            return Optional.of(
                    new CheckResult.Refused(
                            ValidateReason.CHOSEN_FAILS_TESTS,
                            "chosen %s, below %s=%s"
                                    .formatted(
                                            chosen.get().getDetail(),
                                            ExecutionOptions.SANDBOX.minPassRateKey(),
                                            limits.minPassRate())));
        }
        return find(outcomes, REJECTED)
                .filter(each -> each.getVerdict() == Verdict.FAIL)
                .map(
                        rejected ->
                                new CheckResult.Refused(
                                        ValidateReason.TEST_GAP_TOO_SMALL,
                                        "chosen %s, rejected %s: less than %s=%s apart"
                                                .formatted(
                                                        chosen.map(CheckOutcome::getDetail)
                                                                .orElse("is unknown"),
                                                        rejected.getDetail(),
                                                        ExecutionOptions.SANDBOX.minGapKey(),
                                                        limits.minGap())));
    }

    private static Optional<CheckOutcome> find(List<CheckOutcome> outcomes, String check) {
        return outcomes.stream().filter(each -> each.getCheck().equals(check)).findFirst();
    }

    private static CheckOutcome outcome(String check, boolean holds, PassRate rate) {
        return CheckOutcome.newBuilder()
                .setCheck(check)
                .setVerdict(holds ? Verdict.PASS : Verdict.FAIL)
                .setValue(rate.value())
                .setDetail(rate.describe())
                .build();
    }

    private static CheckOutcome skipped(String check, String why) {
        return CheckOutcome.newBuilder()
                .setCheck(check)
                .setVerdict(Verdict.SKIPPED)
                .setDetail(why)
                .build();
    }
}
