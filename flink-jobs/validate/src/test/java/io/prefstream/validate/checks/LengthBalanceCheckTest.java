package io.prefstream.validate.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.validate.Candidates;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LengthBalanceCheckTest {

    private static final CandidatePair CHOSEN_LONGER = Candidates.java("abc", "ab");
    private static final CandidatePair REJECTED_LONGER = Candidates.java("ab", "abc");
    private static final CandidatePair NEUTRAL = Candidates.java("a🦊", "ab");

    private final LengthBalanceCheck check = new LengthBalanceCheck(2, CandidatePair::getPath);

    @Test
    void refusesWhatWouldTakeTheBalanceBeyondTheLimit() {
        assertThat(judge(CHOSEN_LONGER)).isEqualTo(new CheckResult.Passed(1.0));
        assertThat(judge(CHOSEN_LONGER)).isEqualTo(new CheckResult.Passed(1.0));
        assertThat(judge(CHOSEN_LONGER))
                .asInstanceOf(type(CheckResult.Refused.class))
                .satisfies(
                        refused -> {
                            assertThat(refused.reason()).isEqualTo(ValidateReason.LENGTH_IMBALANCE);
                            assertThat(refused.detail())
                                    .contains("chosen is 1 characters longer")
                                    .contains("validate.length-imbalance-limit=2");
                        });
        assertThat(judge(REJECTED_LONGER)).isEqualTo(new CheckResult.Passed(-1.0));
        assertThat(judge(CHOSEN_LONGER)).isInstanceOf(CheckResult.Passed.class);
    }

    @Test
    void pairsOfEqualLengthAlwaysPassAndCountNothing() {
        judge(CHOSEN_LONGER);
        judge(CHOSEN_LONGER);

        assertThat(judge(NEUTRAL)).isEqualTo(new CheckResult.Passed(0.0));
        assertThat(check.balances()).containsExactly(Map.entry("src/Fox.java", 2L));
    }

    @Test
    void groupsAreBalancedApart() {
        judge(CHOSEN_LONGER);
        judge(CHOSEN_LONGER);

        assertThat(judge(Candidates.of("java", "other", "abc", "ab")))
                .isInstanceOf(CheckResult.Passed.class);
    }

    @Test
    void aRestoredBalanceBeyondTheLimitOnlyAdmitsWhatTakesItBack() {
        check.restore("src/Fox.java", 2);
        check.restore("src/Fox.java", 3);

        assertThat(judge(CHOSEN_LONGER)).isInstanceOf(CheckResult.Refused.class);
        assertThat(judge(REJECTED_LONGER)).isInstanceOf(CheckResult.Passed.class);
        assertThat(check.balances()).containsExactly(Map.entry("src/Fox.java", 4L));
    }

    @Test
    void lengthPredictsNothingInAnyStretchOfABiasedSource() {
        Random random = new Random(3);
        int longerChosen = 0;
        int admitted = 0;
        for (int i = 0; i < 10_000; i++) {
            boolean chosenIsLonger = random.nextInt(10) < 7;
            if (judge(chosenIsLonger ? CHOSEN_LONGER : REJECTED_LONGER)
                    instanceof CheckResult.Passed) {
                admitted++;
                longerChosen += chosenIsLonger ? 1 : 0;
            }
            assertThat(Math.abs(2 * longerChosen - admitted)).isLessThanOrEqualTo(2);
        }
        assertThat(admitted).isGreaterThan(5_000);
    }

    private CheckResult judge(CandidatePair pair) {
        return check.judge(new CandidateView(pair, new CodeReader()));
    }
}
