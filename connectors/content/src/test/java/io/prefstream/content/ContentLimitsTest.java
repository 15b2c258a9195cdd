package io.prefstream.content;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ContentLimitsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void refusesLimitsThatCannotHold() {
        assertThatThrownBy(() -> new ContentLimits(0, 10, 1, MINUTE))
                .hasMessageContaining("maxFileBytes must be from 1");
        assertThatThrownBy(() -> new ContentLimits(11, 10, 1, MINUTE))
                .hasMessage("maxTotalBytes must be at least maxFileBytes=11, got 10");
        assertThatThrownBy(() -> new ContentLimits(1, 10, 0, MINUTE))
                .hasMessage("maxFiles must be at least 1, got 0");
        assertThatThrownBy(() -> new ContentLimits(1, 10, 1, Duration.ZERO))
                .hasMessage("timeout must be positive, got PT0S");
    }
}
