package io.prefstream.feeds.webhook;

import java.util.function.LongSupplier;

/** A bucket of permits that fills steadily and holds those of one burst. */
final class RateLimit {

    private static final double NANOS = 1e9;

    private final double perSecond;
    private final double burst;
    private final LongSupplier nanoTime;
    private double permits;
    private long filledAt;

    RateLimit(double perSecond, double burst, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanoTime = nanoTime;
        this.permits = burst;
        this.filledAt = nanoTime.getAsLong();
    }

    synchronized boolean tryAcquire() {
        long now = nanoTime.getAsLong();
        permits = Math.min(burst, permits + (now - filledAt) / NANOS * perSecond);
        filledAt = now;
        if (permits < 1) {
            return false;
        }
        permits--;
        return true;
    }
}
