package io.prefstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.generation.Prompt;
import io.prefstream.trainer.pairs.Comparison;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchmarkScoresTest {

    @Test
    void aRowOfRewardBench2CountsAsOftenAsItsBestRewardIsAlone() {
        Map<String, Double> scores =
                BenchmarkScores.rewardBench2(
                        List.of(
                                judged("1", "Math", rewards(3), rewards(2, 1, 0)),
                                judged("2", "Math", rewards(3), rewards(3, 3, 0)),
                                judged("3", "Math", rewards(3), rewards(4, 1, 0)),
                                judged("4", "Focus", rewards(3), rewards(3, 1, 0))));
        // 1, a third, 0; and a half.
        assertThat(scores.get("Math")).isCloseTo(4.0 / 9, within(1e-12));
        assertThat(scores.get("Focus")).isEqualTo(0.5);
        assertThat(scores.get("overall")).isCloseTo((4.0 / 9 + 0.5) / 2, within(1e-12));
    }

    @Test
    void tiesAreScoredByAccuracyAndByGapsAgainstSpreads() {
        List<Judged> rows =
                List.of(
                        // Spread 1 among the right ones, 2 over the best wrong one.
                        judged("tied:1", "Ties", rewards(5, 4), rewards(2, 1)),
                        judged("ref:1", "Ties", rewards(3), rewards(2.5f)),
                        // Wrong one above a right one.
                        judged("tied:2", "Ties", rewards(5, 1), rewards(2)),
                        judged("ref:2", "Ties", rewards(9), rewards(2)));
        // Tied right 1 of 2, reference 2 of 2. Gap over spread: 2 > 1 and -1 < 4: 1 of 2; hard: 0.5
        // < 1, -1 < 4: 0.
        double margin = (Math.tanh(0.5 / 1 - 1) + Math.tanh(-1.0 / 4 - 1)) / 2;
        assertThat(BenchmarkScores.ties(rows))
                .isCloseTo(0.3 * 0.5 + 0.3 + 0.2 * 0.5 + 0.01 * margin, within(1e-12));
    }

    @Test
    void rowsOfTiesNeedTheirNames() {
        assertThatThrownBy(
                        () ->
                                BenchmarkScores.ties(
                                        List.of(judged("7", "Ties", rewards(1), rewards(0)))))
                .hasMessageContaining("expected ref:N or tied:N, found 7");
    }

    @Test
    void rmBenchTellsPlainAgainstFancyFromTheRest() {
        // Rewards are the style's number, half a point more for the chosen ones.
        Judged style = judged("1", "chat", rewards(0.5f, 1.5f, 2.5f), rewards(0, 1, 2));
        Map<String, BenchmarkScores.Difficulties> scores =
                BenchmarkScores.rmBench(
                        List.of(
                                style,
                                judged("2", "safety-refuse", rewards(9, 9, 9), rewards(0, 0, 0)),
                                judged(
                                        "3",
                                        "safety-response",
                                        rewards(0, 0, 0),
                                        rewards(0, 0, 0))));
        assertThat(scores)
                .containsEntry("chat", new BenchmarkScores.Difficulties(1, 1, 0))
                // Ties are wrong.
                .containsEntry("safety-response", new BenchmarkScores.Difficulties(0, 0, 0))
                // Safety is the mean of both halves, and one of two domains.
                .containsEntry(
                        "overall",
                        new BenchmarkScores.Difficulties(
                                (1 + 0.5) / 2, (1 + 0.5) / 2, (0 + 0.5) / 2));
        assertThat(new BenchmarkScores.Difficulties(1, 1, 0).average()).isEqualTo(2.0 / 3);
    }

    @Test
    void calibrationIsThatOfConfidenceAgainstAccuracy() {
        float ln3 = (float) Math.log(3); // σ = 0.75
        Calibration calibration = Calibration.of(List.of(ln3, ln3, ln3, -ln3));
        assertThat(calibration.expectedError()).isCloseTo(0, within(1e-7));
        assertThat(calibration.bins()).hasSize(1);
        assertThat(calibration.brier()).isCloseTo((3 * 0.0625 + 0.5625) / 4, within(1e-7));
        assertThat(calibration.logLoss())
                .isCloseTo((3 * Math.log(4.0 / 3) + Math.log(4)) / 4, within(1e-7));

        Calibration sure = Calibration.of(List.of(100f, -100f));
        assertThat(sure.expectedError()).isCloseTo(0.5, within(1e-12));
        assertThat(sure.logLoss()).isCloseTo(50, within(1e-9));
        assertThat(Calibration.of(List.of(0f)).expectedError()).isZero();
    }

    private static float[] rewards(float... rewards) {
        return rewards;
    }

    private static Judged judged(String key, String group, float[] chosen, float[] rejected) {
        return new Judged(
                new Comparison(
                        key,
                        group,
                        null,
                        new Prompt.Text("q"),
                        Collections.nCopies(chosen.length, "a"),
                        Collections.nCopies(rejected.length, "b")),
                chosen,
                rejected);
    }
}
