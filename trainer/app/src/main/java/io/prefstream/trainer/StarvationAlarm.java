package io.prefstream.trainer;

import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Says once, each time, that steps have had no batch for too long. */
final class StarvationAlarm {

    private final Duration after;
    private final Consumer<Duration> told;
    private final Clock clock;
    private @Nullable Long sinceMillis;
    private boolean said;

    /**
     * @param after how long a step may wait for its batch
     * @param told hears how long it has waited
     */
    StarvationAlarm(Duration after, Consumer<Duration> told, Clock clock) {
        this.after = after;
        this.told = told;
        this.clock = clock;
    }

    /** There is no batch now. */
    void noBatch() {
        long now = clock.millis();
        if (sinceMillis == null) {
            sinceMillis = now;
        }
        Duration waited = Duration.ofMillis(now - sinceMillis);
        if (!said && waited.compareTo(after) >= 0) {
            said = true;
            told.accept(waited);
        }
    }

    /** There is one. */
    void batch() {
        sinceMillis = null;
        said = false;
    }
}
