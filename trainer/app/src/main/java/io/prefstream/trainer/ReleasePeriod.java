package io.prefstream.trainer;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When the next release is due: after steps, time or fresh pairs, or because it was asked for. */
final class ReleasePeriod {

    private final ScheduleConfig schedule;
    private final Clock clock;
    private long beganMillis;
    private long pairsBefore;
    private @Nullable String wanted;

    /**
     * @param millis of training since the last release, before this process
     * @param pairsBefore training pairs that had been taken in when it was made
     * @param wanted why one was asked for that isn't made yet
     */
    record Saved(long millis, long pairsBefore, @Nullable String wanted) {
        static final Saved NONE = new Saved(0, 0, null);
    }

    ReleasePeriod(ScheduleConfig schedule, Clock clock, Saved saved) {
        this.schedule = schedule;
        this.clock = clock;
        this.beganMillis = clock.millis() - saved.millis();
        this.pairsBefore = saved.pairsBefore();
        this.wanted = saved.wanted();
    }

    /** Asks for a release as soon as possible. */
    void want(String why) {
        wanted = why;
    }

    /**
     * Why a release is due that isn't there, if one is.
     *
     * @param pairs training pairs taken in so far
     * @param released whether there is one of this step, published or refused
     */
    Optional<String> due(long step, long pairs, boolean released) {
        if (step == 0 || released) {
            return Optional.empty();
        }
        if (wanted != null) {
            return Optional.of(wanted);
        }
        Long steps = schedule.releaseEvery();
        if (steps != null && step % steps == 0) {
            return Optional.of("steps");
        }
        Duration time = schedule.releaseEveryTime();
        if (time != null && clock.millis() - beganMillis >= time.toMillis()) {
            return Optional.of("time");
        }
        Long fresh = schedule.releaseEveryPairs();
        return fresh != null && pairs - pairsBefore >= fresh
                ? Optional.of("fresh-pairs")
                : Optional.empty();
    }

    /** Begins a new period. */
    void released(long pairs) {
        beganMillis = clock.millis();
        pairsBefore = pairs;
        wanted = null;
    }

    Saved save() {
        return new Saved(clock.millis() - beganMillis, pairsBefore, wanted);
    }
}
