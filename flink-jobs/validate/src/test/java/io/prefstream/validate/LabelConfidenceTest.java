package io.prefstream.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelConfidenceTest {

    private static final List<CheckOutcome> UNTOLD = List.of();
    private static final List<CheckOutcome> TESTED =
            List.of(
                    outcome("execution-chosen", 1.0, Verdict.PASS),
                    outcome("execution-rejected", 0.2, Verdict.PASS));

    private static final Map<String, Double> PRIORS =
            Map.of("mutation", 0.95, "model-gap", 0.75, "critic", 0.65);

    private final LabelConfidence confidence = new LabelConfidence(PRIORS, 0.6, 0.98, 0.5, 0.8);

    @Test
    void withoutAMarginItIsTheStrategysPrior() {
        assertThat(of(confidence, "mutation", UNTOLD, null)).isEqualTo(0.95);
        assertThat(of(confidence, "model-gap", UNTOLD, null)).isEqualTo(0.75);
        assertThat(of(confidence, "something-new", UNTOLD, null)).isEqualTo(0.6);
        assertThat(of(confidence.with(0, 0.5), "mutation", UNTOLD, -100.0)).isEqualTo(0.95);
    }

    @Test
    void theShippedPriorsAreWhatCompilerAndTestsConfirmed() {
        LabelConfidence shipped = new LabelConfidence(0.5, 0.8);

        // (confirmed + 1/2) / (decided + 1), of the table in docs/validation.md.
        assertThat(of(shipped, "mutation", UNTOLD, null)).isEqualTo(423.5 / 424);
        assertThat(of(shipped, "source-vs-model", UNTOLD, null)).isEqualTo(489.5 / 490);
        assertThat(of(shipped, "model-gap", UNTOLD, null)).isEqualTo(33.5 / 59);
        assertThat(of(shipped, "self-contrast", UNTOLD, null)).isEqualTo(12.5 / 61);
        assertThat(of(shipped, "critic", UNTOLD, null)).isEqualTo(23.5 / 41);
        assertThat(of(shipped, "commit", UNTOLD, null)).isEqualTo(141.5 / 162);
    }

    @Test
    void whatIsNoProbabilityIsRefused() {
        assertThatThrownBy(() -> new LabelConfidence(Map.of("mutation", 1.0), 0.6, 0.98, 0.5, 0.8))
                .hasMessage("prior of mutation 1.0 is not between 0 and 1");
        assertThatThrownBy(() -> new LabelConfidence(Map.of(), 0, 0.98, 0.5, 0.8))
                .hasMessage("other prior 0.0 is not between 0 and 1");
    }

    @Test
    void testsThatTellTheSidesApartCountMoreThanHowThePairWasMade() {
        assertThat(of(confidence, "model-gap", TESTED, null)).isEqualTo(0.98);
        assertThat(of(confidence, "mutation", TESTED, null)).isEqualTo(0.98);
        assertThat(of(confidence, "model-gap", TESTED, -4.0)).isBetween(0.8, 0.98);
    }

    @Test
    void testsThatItsMakerRanCountUnlessTheyAreRunHere() {
        CandidatePair told = byTests(1.0, 0.25);
        List<CheckOutcome> notRun =
                List.of(
                        outcome("execution-chosen", null, Verdict.SKIPPED),
                        outcome("execution-rejected", null, Verdict.SKIPPED));
        List<CheckOutcome> refuted =
                List.of(
                        outcome("execution-chosen", 0.0, Verdict.FAIL),
                        outcome("execution-rejected", null, Verdict.SKIPPED));
        LabelConfidence shipped = new LabelConfidence(0.5, 0.8);

        assertThat(shipped.of(told, UNTOLD, null)).isEqualTo(0.98);
        assertThat(shipped.of(told, notRun, null)).isEqualTo(0.98);
        assertThat(shipped.of(told, refuted, null)).isEqualTo(12.5 / 61);
        assertThat(shipped.of(byTests(0.8, 0.4), UNTOLD, null)).isEqualTo(0.98);
        assertThat(shipped.of(byTests(0.79, 0.0), UNTOLD, null)).isEqualTo(12.5 / 61);
        assertThat(shipped.of(byTests(1.0, 0.61), UNTOLD, null)).isEqualTo(12.5 / 61);
        assertThat(shipped.of(byTests(null, null), UNTOLD, null)).isEqualTo(12.5 / 61);
    }

    private static CandidatePair byTests(Double chosen, Double rejected) {
        return CandidatePair.newBuilder(Candidates.good())
                .setStrategy("self-contrast")
                .setChosenPassRate(chosen)
                .setRejectedPassRate(rejected)
                .build();
    }

    private static double of(
            LabelConfidence confidence,
            String strategy,
            List<CheckOutcome> outcomes,
            Double margin) {
        return confidence.of(
                CandidatePair.newBuilder(Candidates.good()).setStrategy(strategy).build(),
                outcomes,
                margin);
    }

    @Test
    void theMarginIsAddedToTheLogOdds() {
        // Odds 0.75 : 0.25 = 3; a margin of 2 with weight 0.5 multiplies them by e.
        double odds = 3 * Math.E;
        assertThat(of(confidence, "model-gap", UNTOLD, 2.0))
                .isCloseTo(odds / (1 + odds), within(1e-12));
        assertThat(of(confidence, "model-gap", UNTOLD, -2.0)).isLessThan(0.75);
    }

    @Test
    void aMarginBeyondTheClampCountsNoMore() {
        assertThat(of(confidence, "mutation", UNTOLD, -1e9))
                .isEqualTo(of(confidence, "mutation", UNTOLD, -4.0));
        assertThat(of(confidence, "mutation", UNTOLD, 1e9))
                .isEqualTo(of(confidence, "mutation", UNTOLD, 4.0));
    }

    @Test
    void judgesOfOneMindCountAsOneWhoIsRightAsOftenAsTheyAre() {
        List<CheckOutcome> allFor = votes(1, 1, 1);
        List<CheckOutcome> allAgainst = votes(-1, -1, -1);
        List<CheckOutcome> split = votes(1, -1);

        // Odds 3 of the strategy times odds 0.8 : 0.2 = 4 of the judges.
        assertThat(of(confidence, "model-gap", allFor, null)).isCloseTo(12.0 / 13, within(1e-12));
        assertThat(of(confidence, "model-gap", allAgainst, null))
                .isCloseTo(0.75 / 1.75, within(1e-12));
        assertThat(of(confidence, "model-gap", split, null)).isEqualTo(0.75);
        // Three for and one for neither: support 7/8, so that the odds are 4 to the power of 3/4.
        double odds = 3 * Math.pow(4, 0.75);
        assertThat(of(confidence, "model-gap", votes(1, 1, 1, 0), null))
                .isCloseTo(odds / (1 + odds), within(1e-12));
        assertThat(of(confidence.with(0.5, 0.5), "model-gap", allAgainst, null)).isEqualTo(0.75);
    }

    @Test
    void anAbstentionIsNoVote() {
        List<CheckOutcome> abstained = List.of(outcome("judge-vote", null, Verdict.SKIPPED));

        assertThat(of(confidence, "critic", abstained, null)).isEqualTo(0.65);
    }

    private static List<CheckOutcome> votes(double... values) {
        return Arrays.stream(values)
                .mapToObj(
                        value ->
                                outcome(
                                        "judge-vote",
                                        value,
                                        value > 0 ? Verdict.PASS : Verdict.FAIL))
                .toList();
    }

    private static CheckOutcome outcome(String check, Double value, Verdict verdict) {
        return CheckOutcome.newBuilder()
                .setCheck(check)
                .setVerdict(verdict)
                .setValue(value)
                .setDetail("as the test says")
                .build();
    }

    @Test
    void aspectsNameLanguageStrategyAndEachOperatorOnce() {
        CandidatePair pair =
                CandidatePair.newBuilder(Candidates.good())
                        .setEdits(List.of("swap-operands", "drop_check@3:7", "swap-operands: a b"))
                        .build();

        assertThat(Aspects.of(pair))
                .containsExactly(
                        "language:java",
                        "strategy:mutation",
                        "edit:swap-operands",
                        "edit:drop_check");
    }
}
