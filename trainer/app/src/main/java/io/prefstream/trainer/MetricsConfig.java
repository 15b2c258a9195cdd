package io.prefstream.trainer;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the trainer's metrics can be asked for.
 *
 * @param port 0 for any free one; null if nowhere
 * @param stuckAfter time without a sign of life after which it isn't healthy
 */
public record MetricsConfig(String bind, @Nullable Integer port, Duration stuckAfter) {

    public MetricsConfig {
        Limits.port("metrics.port", port);
        Limits.positive("metrics.stuck-after", stuckAfter);
    }

    /**
     * Asks the resolver, so not for each configuration that is read.
     *
     * @throws IllegalArgumentException if nothing can listen there
     */
    void checkAddress() {
        Limits.address("metrics.bind", bind);
    }

    /** Refuses to call a trainer stuck that waits for as long as it may. */
    void checkAgainst(String key, Duration outageLimit) {
        if (port != null && stuckAfter.compareTo(outageLimit) <= 0) {
            throw new IllegalArgumentException(
                    "metrics.stuck-after=%s must be above %s=%s, for which training may wait"
                            .formatted(stuckAfter, key, outageLimit));
        }
    }
}
