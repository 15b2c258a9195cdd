package io.prefstream.validate.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.execution.PassRate;
import io.prefstream.execution.PassRule;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.Verdict;
import io.prefstream.validate.Candidates;
import io.prefstream.validate.checks.CheckResult;
import io.prefstream.validate.checks.ValidateReason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutionRuleTest {

    private final ExecutionRule rule = new ExecutionRule(new PassRule(0.8, 0.4));

    @ParameterizedTest
    @CsvSource({
        "5, 0, 5, kept",
        "4, 2, 5, kept", // 0.8 and 0.4: both limits exactly
        "4, 3, 5, test-gap-too-small",
        "5, 5, 5, test-gap-too-small",
        "9, 5, 10, kept", // 0.9 - 0.5 is a little less than 0.4 in binary
        "3, 0, 5, chosen-fails-tests",
        "0, 5, 5, chosen-fails-tests",
    })
    void thePassRatesDecide(int chosen, int rejected, int total, String decision) {
        List<CheckOutcome> outcomes = outcomes(rate(chosen, total), rate(rejected, total));

        assertThat(rule.refusal(outcomes).map(refused -> refused.reason().code()).orElse("kept"))
                .isEqualTo(decision);
        assertThat(ExecutionRule.confirmed(Candidates.good(), outcomes))
                .isEqualTo(decision.equals("kept"));
    }

    @Test
    void theRatesStandOnThePair() {
        assertThat(outcomes(rate(5, 5), new PassRate(1, 1, 2, 5, "out of memory")))
                .containsExactly(
                        new CheckOutcome(
                                "execution-chosen", Verdict.PASS, 1.0, "passes 5 of 5 tests"),
                        new CheckOutcome(
                                "execution-rejected",
                                Verdict.PASS,
                                0.2,
                                "passes 1 of 5 tests, 1 took too long, 2 were not reached (out of"
                                        + " memory)"));
    }

    @Test
    void aRefusalNamesValueLimitAndOption() {
        assertThat(rule.refusal(outcomes(rate(1, 2), rate(0, 2))))
                .contains(
                        new CheckResult.Refused(
                                ValidateReason.CHOSEN_FAILS_TESTS,
                                "chosen passes 1 of 2 tests, below"
                                        + " validate.execution.min-pass-rate=0.8"));
        assertThat(rule.refusal(outcomes(rate(10, 10), rate(9, 10))))
                .contains(
                        new CheckResult.Refused(
                                ValidateReason.TEST_GAP_TOO_SMALL,
                                "chosen passes 10 of 10 tests, rejected passes 9 of 10 tests: less"
                                        + " than validate.execution.min-gap=0.4 apart"));
    }

    @Test
    void whatWasNotRunRefusesAndConfirmsNothing() {
        List<CheckOutcome> skipped = ExecutionRule.skipped("no tests");

        assertThat(skipped).allMatch(each -> each.getVerdict() == Verdict.SKIPPED);
        assertThat(rule.refusal(skipped)).isEmpty();
        assertThat(rule.refusal(List.of())).isEmpty();
        assertThat(ExecutionRule.confirmed(Candidates.good(), skipped)).isFalse();
        assertThat(ExecutionRule.confirmed(Candidates.good(), List.of())).isFalse();
    }

    private List<CheckOutcome> outcomes(PassRate chosen, PassRate rejected) {
        return rule.limits().suffices(chosen)
                ? rule.compared(chosen, rejected)
                : rule.failed(chosen);
    }

    private static PassRate rate(int passed, int total) {
        return new PassRate(passed, 0, 0, total, "it ended");
    }
}
