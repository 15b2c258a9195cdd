package io.prefstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SelectionTest {

    private static final List<Optional<String>> ANSWERS =
            List.of(
                    Optional.of("4"),
                    Optional.of("5"),
                    Optional.of("5"),
                    Optional.empty(),
                    Optional.of("4"),
                    Optional.of("7"));

    /** The right answer is 4; the two best share their reward, and one of them is right. */
    private static final Selection SIX =
            new Selection(
                    new float[] {2, 2, 1, 0.5f, -1, -3},
                    ANSWERS,
                    new boolean[] {true, false, false, false, true, false});

    @Test
    void bestOfNIsTheMeanOverAllSubsets() {
        for (int n = 1; n <= 6; n++) {
            double sum = 0;
            List<int[]> subsets = subsets(6, n);
            for (int[] subset : subsets) {
                float best = Float.NEGATIVE_INFINITY;
                for (int i : subset) {
                    best = Math.max(best, SIX.rewards()[i]);
                }
                int equal = 0;
                int right = 0;
                for (int i : subset) {
                    if (SIX.rewards()[i] == best) {
                        equal++;
                        right += SIX.right()[i] ? 1 : 0;
                    }
                }
                sum += (double) right / equal;
            }
            assertThat(SIX.bestOf(n)).isCloseTo(sum / subsets.size(), within(1e-12));
        }
        assertThat(SIX.bestOf(1)).isCloseTo(SIX.random(), within(1e-12));
        assertThat(SIX.bestOf(6)).isEqualTo(0.5);
    }

    @Test
    void theOracleIsPassAtN() {
        assertThat(SIX.oracle(1)).isCloseTo(2.0 / 6, within(1e-12));
        // 1 − C(4, 2) / C(6, 2) = 1 − 6 / 15.
        assertThat(SIX.oracle(2)).isCloseTo(0.6, within(1e-12));
        assertThat(SIX.oracle(5)).isEqualTo(1.0);
    }

    @Test
    void equalVotesShareAndWeightsDecide() {
        // All six: 4 and 5 have two votes each.
        assertThat(SIX.vote(6, false, 1, new Random(1))).isEqualTo(0.5);
        // σ(2) + σ(−1) = 1.150 for 4, σ(2) + σ(1) = 1.612 for 5.
        assertThat(SIX.vote(6, true, 1, new Random(1))).isEqualTo(0.0);
    }

    @Test
    void votesOverDrawnSubsetsComeCloseToAllSubsets() {
        double sum = 0;
        List<int[]> subsets = subsets(6, 3);
        for (int[] subset : subsets) {
            List<Optional<String>> answers = new ArrayList<>();
            boolean[] right = new boolean[3];
            float[] rewards = new float[3];
            for (int i = 0; i < 3; i++) {
                answers.add(ANSWERS.get(subset[i]));
                right[i] = SIX.right()[subset[i]];
                rewards[i] = SIX.rewards()[subset[i]];
            }
            sum += new Selection(rewards, answers, right).vote(3, false, 1, new Random(1));
        }
        // Standard error of 40,000 draws is below 0.0025.
        assertThat(SIX.vote(3, false, 40_000, new Random(7)))
                .isCloseTo(sum / subsets.size(), within(0.01));
    }

    @Test
    void whereNobodyAnswersNobodyIsRight() {
        Selection silent =
                new Selection(
                        new float[] {1, 2},
                        List.of(Optional.empty(), Optional.empty()),
                        new boolean[2]);
        assertThat(silent.vote(2, false, 1, new Random(1))).isZero();
    }

    @Test
    void theIntervalHoldsTheMeanAndNarrowsWithProblems() {
        double[] few = new double[20];
        double[] many = new double[2_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = i % 2;
            few[i % few.length] = i % 2;
        }
        Estimate narrow = Estimate.of(many, 1_000, new Random(1));
        Estimate wide = Estimate.of(few, 1_000, new Random(1));
        assertThat(narrow.value()).isEqualTo(0.5);
        // 1.96 · √(0.25 / 2000) = 0.022; of 20 it is 0.22.
        assertThat(narrow.high() - narrow.low()).isCloseTo(0.044, within(0.006));
        assertThat(wide.high() - wide.low()).isCloseTo(0.44, within(0.08));
        assertThat(Estimate.of(many, 1_000, new Random(1))).isEqualTo(narrow);
    }

    private static List<int[]> subsets(int size, int n) {
        List<int[]> subsets = new ArrayList<>();
        for (int bits = 0; bits < 1 << size; bits++) {
            if (Integer.bitCount(bits) == n) {
                int[] subset = new int[n];
                int at = 0;
                for (int i = 0; i < size; i++) {
                    if ((bits & 1 << i) != 0) {
                        subset[at++] = i;
                    }
                }
                subsets.add(subset);
            }
        }
        return subsets;
    }
}
