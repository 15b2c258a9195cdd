package io.prefstream.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CosineRateTest {

    @Test
    void risesLinearlyAndFallsByHalfACosine() {
        CosineRate rate = CosineRate.of(8.0, 0.2, 10);
        assertThat(rate.warmupSteps()).isEqualTo(2);
        assertThat(rate.at(1)).isEqualTo(4.0);
        assertThat(rate.at(2)).isEqualTo(8.0);
        // cos 0 = 1, cos π/4 = 0.7071…, cos π/2 = 0, cos 7π/8 = -0.9239…
        assertThat(rate.at(3)).isEqualTo(8.0);
        assertThat(rate.at(5)).isCloseTo(4.0 * 1.70710678, within(1e-7));
        assertThat(rate.at(7)).isCloseTo(4.0, within(1e-12));
        assertThat(rate.at(10)).isCloseTo(4.0 * (1 - 0.92387953), within(1e-7));
    }

    @Test
    void oneStepWithoutWarmUpIsAtThePeak() {
        assertThat(CosineRate.of(3.0, 0, 1).at(1)).isEqualTo(3.0);
        assertThat(CosineRate.of(3.0, 0.03, 1).at(1)).isEqualTo(3.0);
    }
}
