package io.prefstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LogisticSlopeTest {

    private static final double[] NONE = {0, 0, 0};

    @Test
    void itIsWhereAnIndependentSearchFindsTheMaximum() {
        // By golden-section search over the same objective, written down apart in Python.
        assertThat(
                        LogisticSlope.fit(
                                new double[] {2, -1, 0.5, 3, -0.25},
                                new double[] {0, 1, -0.5, 0.2, 2},
                                new double[] {1, 0, 1, 1, 1},
                                1))
                .isCloseTo(1.615639934577005, within(1e-6));
        assertThat(LogisticSlope.fit(new double[] {1, 2, 3}, NONE, new double[] {1, 1, 1}, 1))
                .isCloseTo(1.3715384021306751, within(1e-6));
    }

    @Test
    void oneLabelOfEachKindLeavesNothingButWhatWasExpected() {
        // Gradient at s: (1 − σ(s)) − σ(s) + (m − s) = 0, so s solves m = s + 2σ(s) − 1.
        double slope =
                LogisticSlope.fit(
                        new double[] {1, 1}, new double[] {0, 0}, new double[] {1, 0}, 0.7);

        assertThat(slope + 2 / (1 + Math.exp(-slope)) - 1).isCloseTo(0.7, within(1e-9));
    }

    @Test
    void itIsNeverBelowZeroAndStaysWithoutData() {
        assertThat(LogisticSlope.fit(new double[] {4, 4, 4}, NONE, new double[] {0, 0, 0}, 0.25))
                .isZero();
        assertThat(LogisticSlope.fit(new double[0], new double[0], new double[0], 0.25))
                .isEqualTo(0.25);
    }

    @Test
    void manyLabelsGiveTheSlopeTheyWereDrawnWith() {
        Random random = new Random(5);
        int n = 20_000;
        double[] x = new double[n];
        double[] offsets = new double[n];
        double[] labels = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextGaussian() * 3;
            offsets[i] = random.nextGaussian();
            labels[i] = random.nextDouble() < 1 / (1 + Math.exp(-offsets[i] - 0.4 * x[i])) ? 1 : 0;
        }

        assertThat(LogisticSlope.fit(x, offsets, labels, 1)).isCloseTo(0.4, within(0.03));
    }

    @Test
    void numbersThatDontBelongTogetherAreRefused() {
        assertThatThrownBy(() -> LogisticSlope.fit(new double[2], NONE, NONE, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
