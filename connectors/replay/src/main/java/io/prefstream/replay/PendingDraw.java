package io.prefstream.replay;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/**
 * A draw from the mix of a {@link ReplayBuffer} that can be called off; it is made by the thread
 * that awaits it, and cancelled by any. The limiter of the mix's first table lets it wait, by that
 * table's counters with those of the tables that it hands on to.
 */
public final class PendingDraw {

    private final ReplayBuffer buffer;
    private final BufferState state;
    private final Turns turns;
    private final Clock clock;
    private final int count;
    private final RandomGenerator random;
    private final boolean counted;
    private volatile boolean cancelled;

    /** When the limiter was last asked: what is too old is so for the draw too. */
    private long asked;

    PendingDraw(
            ReplayBuffer buffer,
            BufferState state,
            Turns turns,
            Clock clock,
            int count,
            RandomGenerator random,
            boolean counted) {
        this.buffer = buffer;
        this.state = state;
        this.turns = turns;
        this.clock = clock;
        this.count = count;
        this.random = random;
        this.counted = counted;
    }

    /**
     * Draws as soon as the limiter of the mix's first table allows it; a draw that was called off
     * is made by nobody.
     *
     * @throws TimeoutException if it doesn't within the timeout
     * @throws CancellationException if it was called off, or the buffer is closed meanwhile
     */
    public List<Sample> await(Duration timeout) throws InterruptedException, TimeoutException {
        turns.beginInterruptibly();
        try {
            ReplaySettings settings = buffer.settings();
            Draw draw = Draw.mixed(settings, settings.mix(), state);
            Table lead = draw.tables().get(0);
            boolean waited =
                    turns.await(
                            "draw",
                            lead.name(),
                            timeout,
                            () -> mayDraw(lead),
                            () -> limiter(lead).whyNoSample(state.limited(lead), count));
            try (ReplayUpdate update = buffer.begin(asked)) {
                List<Sample> samples = update.sample(draw, count, random, waited);
                if (counted) {
                    update.commit();
                }
                return samples;
            }
        } finally {
            turns.end();
        }
    }

    /** Calls it off: whoever awaits it stops. */
    public void cancel() {
        cancelled = true;
        turns.wake();
    }

    private boolean mayDraw(Table lead) {
        if (cancelled) {
            throw new CancellationException("the draw was called off");
        }
        asked = clock.millis();
        try (ReplayUpdate update = buffer.begin(asked)) {
            if (update.dropStale() && counted) {
                update.commit();
            }
            return limiter(lead).maySample(state.limited(lead), count);
        }
    }

    /**
     * Where uses are limited, and nothing is counted, each item is good for one sample at least.
     */
    private RateLimiter limiter(Table lead) {
        RateLimiter limiter = lead.limiter();
        if (counted) {
            return limiter;
        }
        long least = lead.settings().maxTimesSampled() > 0 ? count : 1;
        return RateLimiter.minSizeOnly(Math.max(least, limiter.minSize()));
    }
}
