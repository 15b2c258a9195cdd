package io.prefstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.local.Conservation.Equation;
import io.prefstream.local.Stillness.Sight;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StillnessTest {

    private static final List<Equation> BALANCED =
            List.of(new Equation("ingest", "event", 3, 3, 2, 1, 0));
    private static final List<Equation> UNDER_WAY =
            List.of(new Equation("ingest", "event", 3, 3, 2, 0, 0));

    private long nanos;
    private final Stillness stillness = new Stillness(Duration.ofMinutes(3), () -> nanos);

    @Test
    void sameBalancedEquationsThreeTimesInARowAreStill() {
        assertThat(stillness.look(BALANCED)).isEqualTo(Sight.MOVING);
        assertThat(stillness.look(BALANCED)).isEqualTo(Sight.MOVING);
        assertThat(stillness.look(BALANCED)).isEqualTo(Sight.STILL);
    }

    @Test
    void moveBeginsTheCountAnew() {
        stillness.look(BALANCED);
        stillness.look(BALANCED);
        assertThat(stillness.look(UNDER_WAY)).isEqualTo(Sight.MOVING);
        assertThat(stillness.look(BALANCED)).isEqualTo(Sight.MOVING);
        assertThat(stillness.look(BALANCED)).isEqualTo(Sight.MOVING);
    }

    @Test
    void unbalancedAndUnmovedForTooLongIsStuck() {
        stillness.look(UNDER_WAY);
        nanos = Duration.ofMinutes(3).toNanos();
        assertThat(stillness.look(UNDER_WAY)).isEqualTo(Sight.MOVING);
        nanos++;
        assertThat(stillness.look(UNDER_WAY)).isEqualTo(Sight.STUCK);
    }
}
