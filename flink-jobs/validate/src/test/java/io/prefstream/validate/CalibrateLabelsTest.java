package io.prefstream.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.jobs.common.UsageException;
import io.prefstream.schemas.CandidatePair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrateLabelsTest {

    private static final LabelConfidence KNOWN =
            new LabelConfidence(Map.of("critic", 0.65), 0.6, 0.98, 0.25, 0.7);

    @TempDir private Path folder;

    @Test
    void aPriorIsTheMeanUnderJeffreysPrior() {
        List<LabelOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            outcomes.add(outcome("gap", null, null, i < 7));
        }

        LabelConfidence fitted = CalibrateLabels.fit(outcomes, KNOWN);

        assertThat(fitted.priors().get("gap")).isCloseTo(7.5 / 11, within(1e-12));
        assertThat(fitted.priors().get("critic")).isEqualTo(0.65);
        assertThat(fitted.testedPrior()).isEqualTo(0.98);
        assertThat(fitted.marginWeight()).isCloseTo(0.25, within(1e-9));
        assertThat(fitted.judgeAccuracy()).isCloseTo(0.7, within(1e-9));
    }

    @Test
    void weightsAreThoseThatLabelsWereDrawnWith() {
        Random random = new Random(11);
        LabelConfidence truth = new LabelConfidence(Map.of("gap", 0.5), 0.6, 0.98, 0.6, 0.8);
        List<LabelOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            LabelOutcome drawn =
                    outcome(
                            "gap",
                            List.of(random.nextInt(3) - 1, random.nextInt(3) - 1),
                            random.nextGaussian() * 2,
                            false);
            outcomes.add(
                    outcome(
                            "gap",
                            drawn.votes(),
                            drawn.margin(),
                            random.nextDouble() < drawn.confidence(truth)));
        }

        LabelConfidence fitted = CalibrateLabels.fit(outcomes, KNOWN);

        assertThat(fitted.marginWeight()).isCloseTo(0.6, within(0.03));
        assertThat(fitted.judgeAccuracy()).isCloseTo(0.8, within(0.02));
        assertThat(CalibrateLabels.reliability(outcomes, one -> fitted).expectedError())
                .isLessThan(0.02)
                .isLessThan(CalibrateLabels.reliability(outcomes, one -> KNOWN).expectedError());
    }

    @Test
    void anOutcomeIsRatedAsThePairWas() {
        LabelOutcome scaled = new LabelOutcome("a", "critic", false, null, 3.0, 0.5, true);

        CandidatePair rewritten =
                CandidatePair.newBuilder(Candidates.good()).setStrategy("critic").build();

        assertThat(scaled.confidence(KNOWN))
                .isCloseTo(KNOWN.of(rewritten, List.of(), 1.5), within(1e-12));
    }

    @Test
    void reliabilityIsWorkedOutByHand() {
        Reliability reliability =
                Reliability.of(List.of(0.9, 0.94, 0.2, 1.0), List.of(true, false, false, true));

        // (0.01 + 0.8836 + 0.04 + 0) / 4; bins 0.9 to 1: said 2.84, found 2; 0.2: said 0.2, found
        // 0.
        assertThat(reliability.brier()).isCloseTo(0.9336 / 4, within(1e-12));
        assertThat(reliability.expectedError()).isCloseTo((0.84 + 0.2) / 4, within(1e-12));
        assertThat(reliability.bins()).hasSize(2);
    }

    @Test
    void judgesThatAgreeWithThemselvesAreRightMoreOften() {
        // q = 0.8: both orders agree in 0.68 of cases, and are then right in 0.64 / 0.68.
        List<LabelOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            outcomes.add(outcome("gap", List.of(i < 68 ? 1 : 0), null, true));
        }

        assertThat(CalibrateLabels.judgeAccuracy(outcomes).orElseThrow())
                .isCloseTo(0.64 / 0.68, within(1e-12));
        assertThat(CalibrateLabels.judgeAccuracy(List.of())).isEmpty();
    }

    @Test
    void theJobReadsWhatIsWritten() throws Exception {
        Path file = folder.resolve("calibration.json");
        CalibrationFile.write(KNOWN, file);

        assertThat(settings("--validate.calibration=" + file)).isEqualTo(KNOWN);
        assertThat(
                        settings(
                                "--validate.calibration=" + file,
                                "--validate.confidence.margin-weight=1.5"))
                .isEqualTo(KNOWN.with(1.5, 0.7));
    }

    @Test
    void aFileThatIsWrongIsNamed() throws IOException {
        assertWrong("{\"priors\": {\"critic\": 2}", "Unexpected end-of-input");
        assertWrong("{\"prior\": {}}", "unknown key 'prior'");
        assertWrong(
                "{\"priors\": {\"critic\": \"much\"}}", "priors.critic is \"much\" and no number");
        assertWrong("{\"priors\": {}}", "no number otherPrior");
        assertThatThrownBy(() -> settings("--validate.calibration=nowhere.json"))
                .isInstanceOf(UsageException.class)
                .hasMessage("option --validate.calibration=nowhere.json: no such file");
    }

    private void assertWrong(String json, String why) throws IOException {
        Path file = folder.resolve("wrong.json");
        Files.writeString(file, json);
        assertThatThrownBy(() -> settings("--validate.calibration=" + file))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("option --validate.calibration=" + file + ": " + why);
    }

    private static LabelConfidence settings(String... args) {
        return ValidateOptions.settings(ValidateJob.options().parse(args)).confidence();
    }

    private static LabelOutcome outcome(
            String strategy, List<Integer> votes, Double margin, boolean confirmed) {
        return new LabelOutcome("repository", strategy, false, votes, margin, null, confirmed);
    }
}
