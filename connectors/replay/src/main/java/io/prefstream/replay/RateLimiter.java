package io.prefstream.replay;

/**
 * Keeps the number of samples near a multiple of the number of insertions, so that neither training
 * on few pairs over and over nor reading far ahead of training can happen.
 *
 * <p>The rule of Reverb's {@code SampleToInsertRatio}. With {@code diff = inserted ·
 * samplesPerInsert − sampled} and {@code offset = samplesPerInsert · minSize}:
 *
 * <ul>
 *   <li>an insertion may happen while {@code inserted < minSize}, or if afterwards {@code diff ≤
 *       offset + errorBuffer};
 *   <li>a batch may be drawn if the table holds {@code minSize} items and afterwards {@code diff ≥
 *       offset − errorBuffer}.
 * </ul>
 *
 * <p>It has no state: the table's counters are its state and are saved with the table.
 *
 * @param minSize items the table must hold before the first sample
 * @param samplesPerInsert how often an item is drawn on average; {@link Double#POSITIVE_INFINITY}
 *     for no upper or lower bound beside {@code minSize}
 * @param errorBuffer how far {@code diff} may be from {@code offset}, in samples
 * @param batch samples drawn at once
 */
public record RateLimiter(long minSize, double samplesPerInsert, double errorBuffer, int batch) {

    public RateLimiter {
        if (minSize < 1) {
            throw new IllegalArgumentException(
                    "replay min-size of %,d: must be at least 1".formatted(minSize));
        }
        if (batch < 1) {
            throw new IllegalArgumentException("batch of %,d: must be at least 1".formatted(batch));
        }
        if (!(samplesPerInsert > 0)) {
            throw new IllegalArgumentException(
                    "replay samples-per-insert of %s: must be greater than 0"
                            .formatted(samplesPerInsert));
        }
        double least = leastErrorBuffer(samplesPerInsert, batch);
        if (!Double.isInfinite(samplesPerInsert) && !(errorBuffer >= least)) {
            throw new IllegalArgumentException(
                    ("replay error-buffer of %s is too small: reading and training would wait for"
                         + " each other for ever; it must be at least (samples-per-insert + batch)"
                         + " / 2 = (%s + %d) / 2 = %s, samples-per-insert and 1")
                            .formatted(errorBuffer, samplesPerInsert, batch, least));
        }
    }

    /** Only a minimum size, no ratio. */
    public static RateLimiter minSizeOnly(long minSize) {
        return new RateLimiter(minSize, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 1);
    }

    /**
     * The smallest error buffer with which insertion and sampling never block at once.
     *
     * <p>Both block when {@code diff + samplesPerInsert > offset + buffer} and {@code diff − batch
     * < offset − buffer}; no {@code diff} satisfies both once {@code 2 · buffer ≥ samplesPerInsert
     * + batch}. Reverb's own condition, {@code buffer ≥ max(1, samplesPerInsert)}, is kept too.
     */
    public static double leastErrorBuffer(double samplesPerInsert, int batch) {
        return Math.max((samplesPerInsert + batch) / 2, Math.max(1, samplesPerInsert));
    }

    /** Refuses a table that can never hold the minimum size. */
    public void checkCapacity(long capacity) {
        if (minSize > capacity) {
            throw new IllegalArgumentException(
                    ("replay min-size of %,d exceeds the replay capacity of %,d: the first sample"
                                    + " would never come")
                            .formatted(minSize, capacity));
        }
    }

    /** Whether one more item may be inserted now. */
    public boolean mayInsert(ReplayStats stats) {
        if (ratioFree() || stats.inserted() + 1 <= minSize || stats.size() < minSize) {
            return true;
        }
        double diff = (stats.inserted() + 1) * samplesPerInsert - stats.sampled();
        return diff <= samplesPerInsert * minSize + errorBuffer;
    }

    /** How many new items may be inserted now one after another, {@code most} at most. */
    public int insertionsAllowed(ReplayStats stats, int most) {
        ReplayStats after = stats;
        for (int i = 0; i < most; i++) {
            if (!mayInsert(after)) {
                return i;
            }
            after =
                    new ReplayStats(
                            after.size() + 1,
                            after.inserted() + 1,
                            after.duplicates(),
                            after.sampled(),
                            after.removed(),
                            after.evicted(),
                            after.usedUp());
        }
        return most;
    }

    /** Whether {@code count} items may be drawn now. */
    public boolean maySample(ReplayStats stats, int count) {
        if (stats.size() < minSize) {
            return false;
        }
        if (ratioFree()) {
            return true;
        }
        double diff = stats.inserted() * samplesPerInsert - stats.sampled() - count;
        return diff >= samplesPerInsert * minSize - errorBuffer;
    }

    private boolean ratioFree() {
        return Double.isInfinite(samplesPerInsert);
    }
}
