package io.prefstream.trainer;

import java.time.Clock;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Waiting for pairs while there is nothing to train on. */
final class PairWait {

    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration TELL_EVERY = Duration.ofSeconds(10);

    private final PairSource source;
    private final @Nullable Duration limit;
    private final BooleanSupplier stopped;
    private final BooleanSupplier otherWork;
    private final Runnable tell;
    private final StarvationAlarm alarm;
    private final Clock clock;

    /**
     * @param limit how long to wait at most; null for ever
     * @param otherWork whether there is something else to do than to wait
     * @param tell says that it waits
     * @param alarm hears that there is no batch yet
     */
    PairWait(
            PairSource source,
            @Nullable Duration limit,
            BooleanSupplier stopped,
            BooleanSupplier otherWork,
            Runnable tell,
            StarvationAlarm alarm,
            Clock clock) {
        this.source = source;
        this.limit = limit;
        this.stopped = stopped;
        this.otherWork = otherWork;
        this.tell = tell;
        this.alarm = alarm;
        this.clock = clock;
    }

    /** Waits. Returns false if none will come, or a stop is asked for. */
    boolean forPairs() {
        long began = clock.millis();
        long told = 0;
        while (!stopped.getAsBoolean()) {
            if (source.await(LOOK_EVERY) || otherWork.getAsBoolean()) {
                return true;
            }
            alarm.noBatch();
            long now = clock.millis();
            if (source.finished() || (limit != null && now - began >= limit.toMillis())) {
                return false;
            }
            if (now - told >= TELL_EVERY.toMillis()) {
                told = now;
                tell.run();
            }
        }
        return false;
    }
}
