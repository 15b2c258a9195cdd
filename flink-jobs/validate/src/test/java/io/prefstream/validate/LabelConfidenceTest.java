package io.prefstream.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.schemas.CandidatePair;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelConfidenceTest {

    private final LabelConfidence confidence = new LabelConfidence(0.5);

    @Test
    void withoutAMarginItIsTheStrategysPrior() {
        assertThat(confidence.of("mutation", false, null)).isEqualTo(0.95);
        assertThat(confidence.of("model-gap", false, null)).isEqualTo(0.75);
        assertThat(confidence.of("commit", false, null)).isEqualTo(0.8);
        assertThat(confidence.of("something-new", false, null)).isEqualTo(0.6);
        assertThat(new LabelConfidence(0).of("mutation", false, -100.0)).isEqualTo(0.95);
    }

    @Test
    void testsThatTellTheSidesApartCountMoreThanHowThePairWasMade() {
        assertThat(confidence.of("model-gap", true, null)).isEqualTo(0.98);
        assertThat(confidence.of("mutation", true, null)).isEqualTo(0.98);
        assertThat(confidence.of("model-gap", true, -4.0)).isBetween(0.8, 0.98);
    }

    @Test
    void theMarginIsAddedToTheLogOdds() {
        // Odds 0.75 : 0.25 = 3; a margin of 2 with weight 0.5 multiplies them by e.
        double odds = 3 * Math.E;
        assertThat(confidence.of("model-gap", false, 2.0))
                .isCloseTo(odds / (1 + odds), within(1e-12));
        assertThat(confidence.of("model-gap", false, -2.0)).isLessThan(0.75);
    }

    @Test
    void aMarginBeyondTheClampCountsNoMore() {
        assertThat(confidence.of("mutation", false, -1e9))
                .isEqualTo(confidence.of("mutation", false, -4.0));
        assertThat(confidence.of("mutation", false, 1e9))
                .isEqualTo(confidence.of("mutation", false, 4.0));
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
