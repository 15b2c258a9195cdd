package io.prefstream.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PassRuleTest {

    private final PassRule rule = new PassRule(0.8, 0.4);

    @Test
    void bothLimitsThemselvesSuffice() {
        assertThat(rule.suffices(rate(4, 5))).isTrue();
        assertThat(rule.suffices(rate(3, 5))).isFalse();
        // 0.9 - 0.5 is a little less than 0.4 in binary.
        assertThat(rule.apart(rate(9, 10), rate(5, 10))).isTrue();
        assertThat(rule.apart(rate(9, 10), rate(6, 10))).isFalse();
    }

    @Test
    void limitsBeyondARateAreRefused() {
        assertThatThrownBy(() -> new PassRule(1.1, 0.4))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PassRule(0.8, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static PassRate rate(int passed, int total) {
        return new PassRate(passed, 0, 0, total, "it ended");
    }
}
