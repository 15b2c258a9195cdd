package io.prefstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.generation.Prompt;
import io.prefstream.trainer.Calibration;
import io.prefstream.trainer.pairs.Comparison;
import java.util.ArrayList;
import java.util.Arrays;
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
        assertThat(BenchmarkScores.ties(rows).orElseThrow())
                .isCloseTo(0.3 * 0.5 + 0.3 + 0.2 * 0.5 + 0.01 * margin, within(1e-12));
    }

    @Test
    void tiesOfWhichNoPromptHasBothRowsHaveNoScore() {
        List<Judged> rows =
                List.of(
                        judged("1", "Math", rewards(3), rewards(2)),
                        judged("tied:1", "Ties", rewards(5, 4), rewards(2)),
                        judged("ref:2", "Ties", rewards(3), rewards(2)));
        assertThat(BenchmarkScores.rewardBench2(rows))
                .isEqualTo(Map.of("Math", 1.0, "overall", 1.0));
    }

    /** The expected numbers are those of allenai/reward-bench's own functions on these rewards. */
    @Test
    void rewardBench2IsScoredAsByItsOwnCode() {
        List<Judged> rows = new ArrayList<>();
        for (int row = 0; row < 21; row++) {
            rows.add(madeUp("" + row, row < 12 ? "Factuality" : "Math", row, 1, 3, 29, 0));
        }
        for (int n = 0; n < 16; n++) {
            float more = n % 4 == 0 ? 0 : 1.5f;
            rows.add(madeUp("tied:" + n, "Ties", 21 + 2 * n, 2 + n % 3, 3, 7, more));
            rows.add(madeUp("ref:" + n, "Ties", 22 + 2 * n, 1, 3, 7, more));
        }
        Map<String, Double> scores = BenchmarkScores.rewardBench2(rows);
        assertThat(scores.get("Factuality")).isCloseTo(0.2708333333333333, within(1e-12));
        assertThat(scores.get("Math")).isCloseTo(0.3333333333333333, within(1e-12));
        assertThat(scores.get("Ties")).isCloseTo(0.5088359973627832, within(1e-12));
        assertThat(scores.get("overall")).isCloseTo(0.3710008880098166, within(1e-12));
    }

    /** The expected numbers are those of THU-KEG/RM-Bench's own function on these rewards. */
    @Test
    void rmBenchIsScoredAsByItsOwnCode() {
        List<String> domains = new ArrayList<>();
        domains.addAll(Collections.nCopies(5, "chat"));
        domains.addAll(Collections.nCopies(7, "code"));
        domains.addAll(Collections.nCopies(6, "math"));
        domains.addAll(Collections.nCopies(8, "safety-refuse"));
        domains.addAll(Collections.nCopies(4, "safety-response"));
        List<Judged> rows = new ArrayList<>();
        for (String domain : domains) {
            rows.add(madeUp("", domain, rows.size(), 3, 3, 29, 0));
        }
        Map<String, BenchmarkScores.Difficulties> scores = BenchmarkScores.rmBench(rows);
        assertThat(scores.keySet()).containsExactly("chat", "code", "math", "safety", "overall");
        assertThat(scores.get("chat").average()).isCloseTo(0.6, within(1e-12));
        assertThat(scores.get("code").average()).isCloseTo(0.5396825396825397, within(1e-12));
        assertThat(scores.get("math").average()).isCloseTo(0.3703703703703703, within(1e-12));
        assertThat(scores.get("safety").average()).isCloseTo(0.47222222222222227, within(1e-12));
        BenchmarkScores.Difficulties overall = scores.get("overall");
        assertThat(overall.hard()).isCloseTo(0.4817460317460317, within(1e-12));
        assertThat(overall.normal()).isCloseTo(0.49623015873015874, within(1e-12));
        assertThat(overall.easy()).isCloseTo(0.5087301587301587, within(1e-12));
        assertThat(overall.average()).isCloseTo(0.49556878306878305, within(1e-12));
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
                // One of both is right: ties are wrong.
                .containsEntry("safety", new BenchmarkScores.Difficulties(0.5, 0.5, 0.5))
                .containsEntry(
                        "overall",
                        new BenchmarkScores.Difficulties(
                                (1 + 0.5) / 2, (1 + 0.5) / 2, (0 + 0.5) / 2));
        assertThat(new BenchmarkScores.Difficulties(1, 1, 0).average()).isEqualTo(2.0 / 3);
    }

    @Test
    void calibrationIsThatOfConfidenceAgainstAccuracy() {
        float ln3 = (float) Math.log(3); // σ = 0.75
        Calibration calibration = Calibration.of(new float[] {ln3, ln3, ln3, -ln3});
        assertThat(calibration.expectedError()).isCloseTo(0, within(1e-7));
        assertThat(calibration.bins()).hasSize(1);
        assertThat(calibration.bins().get(0).number()).isEqualTo(Calibration.bin(-ln3));
        assertThat(calibration.brier()).isCloseTo((3 * 0.0625 + 0.5625) / 4, within(1e-7));
        assertThat(calibration.logLoss())
                .isCloseTo((3 * Math.log(4.0 / 3) + Math.log(4)) / 4, within(1e-7));

        Calibration sure = Calibration.of(new float[] {100, -100});
        assertThat(sure.expectedError()).isCloseTo(0.5, within(1e-12));
        assertThat(sure.logLoss()).isCloseTo(50, within(1e-9));
        assertThat(Calibration.of(new float[] {0}).expectedError()).isZero();
    }

    /**
     * Rewards that a rule gives, quarters so that they are exact; the right answers' are raised.
     */
    private static Judged madeUp(
            String key, String group, int row, int right, int wrong, int modulus, float more) {
        float[] rewards = new float[right + wrong];
        for (int answer = 0; answer < rewards.length; answer++) {
            rewards[answer] =
                    (row * 37 + answer * 53 + row * answer * 11) % modulus / 4f
                            + (answer < right ? more : 0);
        }
        return judged(
                key,
                group,
                Arrays.copyOf(rewards, right),
                Arrays.copyOfRange(rewards, right, rewards.length));
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
