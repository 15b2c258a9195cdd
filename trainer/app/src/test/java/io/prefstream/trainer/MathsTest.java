package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.trainer.ScheduleConfig.DecayShape;
import org.junit.jupiter.api.Test;

class MathsTest {

    @Test
    void wilsonsIntervalIsThatOfTheBooks() {
        // 60 of 100: (0.6 + 1.92/100 ± 1.96 √(0.24/100 + 3.8415/40000)) / 1.0384
        Accuracy accuracy = new Accuracy(60, 100);
        assertThat(accuracy.value()).isEqualTo(0.6);
        assertThat(accuracy.low()).isCloseTo(0.5020, within(0.0001));
        assertThat(accuracy.high()).isCloseTo(0.6906, within(0.0001));
        assertThat(new Accuracy(10, 10).low()).isCloseTo(0.7225, within(0.0001));
        assertThat(new Accuracy(10, 10).high()).isCloseTo(1.0, within(1e-12));
    }

    @Test
    void aTieIsHalfRight() {
        assertThat(Accuracy.ofMargins(new float[] {1, -1, 0, -0.0f, Float.NaN}))
                .isEqualTo(new Accuracy(2, 5));
    }

    @Test
    void theCalibrationErrorIsTheDistanceOfProbabilityAndAccuracyByBin() {
        // σ(±ln 3) = 0.75 (bin [0.75, 0.8)): 2 of 4 right, off by 0.25. σ(ln 9) = 0.9: 1 of 1, off
        // by
        // 0.1. A tie: 0.5 and half right, off by 0. (4 · 0.25 + 1 · 0.1 + 1 · 0) / 6.
        float three = (float) Math.log(3.0001);
        float nine = (float) Math.log(9.0001);
        assertThat(calibrationError(three, three, -three, -three, nine, 0))
                .isCloseTo(1.1 / 6, within(1e-4));
        assertThat(calibrationError(40, 40)).isCloseTo(0, within(1e-9));
        assertThat(calibrationError(-40, -40)).isCloseTo(1, within(1e-9));
        assertThat(calibrationError(Float.NaN, 1)).isNaN();
        assertThat(calibrationError()).isNaN();
    }

    private static double calibrationError(float... margins) {
        return Calibration.of(margins).expectedError();
    }

    @Test
    void theTrunkWarmsUpAndStays() {
        LearningRate rate = new LearningRate(0.4, 4, DecayShape.LINEAR);
        assertThat(rate.trunk(1)).isEqualTo(0.1);
        assertThat(rate.trunk(4)).isEqualTo(0.4);
        assertThat(rate.trunk(1_000_000)).isEqualTo(0.4);
        assertThat(new LearningRate(0.4, 0, DecayShape.LINEAR).trunk(1)).isEqualTo(0.4);
    }

    @Test
    void aForkFallsTowardsZero() {
        LearningRate linear = new LearningRate(0.4, 4, DecayShape.LINEAR);
        assertThat(linear.fork(100, 1, 3)).isCloseTo(0.3, within(1e-12));
        assertThat(linear.fork(100, 3, 3)).isCloseTo(0.1, within(1e-12));
        LearningRate root = new LearningRate(0.4, 4, DecayShape.ONE_MINUS_SQRT);
        assertThat(root.fork(100, 1, 3)).isCloseTo(0.2, within(1e-12)); // 1 − √(1/4)
    }

    @Test
    void aForkTakesItsShareOfTheTrunk() {
        assertThat(LearningRate.forkSteps(300, 0.1, 200)).isEqualTo(30);
        assertThat(LearningRate.forkSteps(30_000, 0.1, 200)).isEqualTo(200);
        assertThat(LearningRate.forkSteps(3, 0.1, 200)).isZero();
    }

    @Test
    void prequentialAccuracyForgetsWhatLeftTheWindowAndSurvivesASave() {
        Prequential prequential = new Prequential(Prequential.Saved.NONE, 3);
        for (float margin : new float[] {1, 1, -1, 0, 1}) {
            prequential.add(Outcome.of(margin));
        }
        assertThat(prequential.overall()).isEqualTo(new Accuracy(3.5, 5));
        assertThat(prequential.recent()).isEqualTo(new Accuracy(1.5, 3));
        Prequential restored = new Prequential(prequential.save(), 3);
        restored.add(Outcome.RIGHT);
        assertThat(restored.recent()).isEqualTo(new Accuracy(2.5, 3)); // tie, right, right
        assertThat(restored.overall()).isEqualTo(new Accuracy(4.5, 6));
        assertThat(new Prequential(prequential.save(), 2).recent()).isEqualTo(new Accuracy(1.5, 2));
        assertThat(new Prequential(prequential.save(), 9).recent()).isEqualTo(new Accuracy(1.5, 3));
    }
}
