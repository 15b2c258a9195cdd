package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.replay.SplitMix64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DriftDetectorTest {

    private static final double DELTA = 0.002;

    @Test
    void aRateThatTurnsIsSeenAfterAsManyOutcomesAsTheBoundAsksFor() {
        // k right ones, then wrong ones: at n₁ of them ε = √(ln(4(k + n₁)/δ) / 2 · (1/k + 1/n₁)),
        // and the rates differ by 1. For k = 100: n₁ = 6 gives √(12.264 / 2 · 0.17667) = 1.0408,
        // n₁ = 7 gives √(12.274 / 2 · 0.15286) = 0.9685.
        DriftDetector detector = new DriftDetector(DELTA, 1_000, 1);
        for (int i = 0; i < 100; i++) {
            assertThat(detector.add(Outcome.RIGHT, 1)).isEmpty();
        }
        for (int i = 0; i < 6; i++) {
            assertThat(detector.add(Outcome.WRONG, 2)).isEmpty();
        }
        assertThat(detector.add(Outcome.WRONG, 3))
                .contains(new DriftAlarm(3, new Accuracy(100, 100), new Accuracy(0, 7)));
        assertThat(detector.save().outcomes()).isEqualTo("0000000");
    }

    @Test
    void tiesAreHalfAsBadAsWrongOnes() {
        // 400 right ones, then ties: the rates differ by 0.5. At n₁ = 27 ties ε is
        // √(ln(4 · 427/δ) / 2 · (1/400 + 1/27)) = 0.5196, at n₁ = 30 0.4949.
        DriftDetector detector = new DriftDetector(DELTA, 1_000, 1);
        for (int i = 0; i < 400; i++) {
            detector.add(Outcome.RIGHT, 1);
        }
        int ties = 1;
        Optional<DriftAlarm> alarm = detector.add(Outcome.TIE, 2);
        while (alarm.isEmpty()) {
            alarm = detector.add(Outcome.TIE, 2);
            ties++;
        }
        assertThat(ties).isBetween(28, 30);
        assertThat(alarm)
                .contains(
                        new DriftAlarm(2, new Accuracy(400, 400), new Accuracy(ties / 2.0, ties)));
        assertThat(detector.save().outcomes()).isEqualTo("=".repeat(ties));
    }

    @Test
    void becomingBetterForgetsTheOldAndIsNoAlarm() {
        DriftDetector detector = new DriftDetector(DELTA, 1_000, 1);
        for (int i = 0; i < 200; i++) {
            assertThat(detector.add(outcome(i >= 100), 1)).isEmpty();
        }
        assertThat(detector.save().outcomes()).doesNotContain("0").hasSizeLessThanOrEqualTo(100);
    }

    @Test
    void outcomesOfOneRateGiveNoAlarmAndASmallFallDoesInTheEnd() {
        DriftDetector detector = new DriftDetector(DELTA, 5_000, 32);
        SplitMix64 random = new SplitMix64(7);
        for (int i = 0; i < 50_000; i++) {
            assertThat(detector.add(outcome(random.nextDouble() < 0.7), 1)).isEmpty();
        }
        Optional<DriftAlarm> alarm = Optional.empty();
        int needed = 0;
        while (alarm.isEmpty()) {
            alarm = detector.add(outcome(random.nextDouble() < 0.6), 2);
            needed++;
        }
        // √(ln(4 · 5,000/δ) / 2 · (1/n₀ + 1/n₁)) = 0.1 at n₁ = 970, give or take the noise.
        assertThat(needed).isBetween(400, 1_600);
        assertThat(alarm.get().after().value()).isLessThan(alarm.get().before().value());
    }

    @Test
    void itGoesOnFromASave() {
        DriftDetector whole = new DriftDetector(DELTA, 300, 8);
        DriftDetector part = new DriftDetector(DELTA, 300, 8);
        SplitMix64 random = new SplitMix64(3);
        for (int i = 0; i < 3_000; i++) {
            Outcome outcome =
                    i % 5 == 0
                            ? Outcome.TIE
                            : outcome(random.nextDouble() < (i / 700 % 2 == 0 ? 0.9 : 0.3));
            if (i % 97 == 0) {
                DriftDetector.Saved saved = part.save();
                part = new DriftDetector(DELTA, 300, 8);
                part.restore(saved);
            }
            assertThat(part.add(outcome, i)).isEqualTo(whole.add(outcome, i));
        }
        assertThat(part.save()).isEqualTo(whole.save());
    }

    private static Outcome outcome(boolean right) {
        return right ? Outcome.RIGHT : Outcome.WRONG;
    }
}
