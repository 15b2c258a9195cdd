package io.prefstream.generation.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void doublesUpToTheMost() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5), () -> 1);

        assertThat(backoff.before(1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(backoff.before(2)).isEqualTo(Duration.ofSeconds(2));
        assertThat(backoff.before(3)).isEqualTo(Duration.ofSeconds(4));
        assertThat(backoff.before(4)).isEqualTo(Duration.ofSeconds(5));
        assertThat(backoff.before(1_000_000)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void halfOfItIsRandom() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5), () -> 0);

        assertThat(backoff.before(2)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void retryAfterIsSecondsOrADate() {
        assertThat(Backoff.retryAfter(" 7 ", NOW)).hasValue(Duration.ofSeconds(7));
        assertThat(Backoff.retryAfter("1.5", NOW)).hasValue(Duration.ofMillis(1500));
        assertThat(Backoff.retryAfter("Sun, 01 Mar 2026 12:00:09 GMT", NOW))
                .hasValue(Duration.ofSeconds(9));
        assertThat(Backoff.retryAfter("Sun, 01 Mar 2026 11:00:00 GMT", NOW))
                .hasValue(Duration.ZERO);
    }

    @Test
    void nonsenseAsksForNothing() {
        assertThat(Backoff.retryAfter("-7", NOW)).isEmpty();
        assertThat(Backoff.retryAfter("soon", NOW)).isEmpty();
        assertThat(Backoff.retryAfter("", NOW)).isEmpty();
        assertThat(Backoff.retryAfter("9".repeat(400), NOW)).isEmpty();
    }
}
