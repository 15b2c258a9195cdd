package io.prefstream.replay;

/**
 * Keeps the number of samples near a multiple of the number of insertions, so that neither training
 * on few pairs over and over nor reading far ahead of training can happen.
 *
 * <p>Reverb's rule. With {@code diff = inserted · samplesPerInsert − sampled}:
 *
 * <ul>
 *   <li>an insertion may happen while the table holds fewer than {@code minSize} items, or if
 *       afterwards {@code diff ≤ maxDiff};
 *   <li>a batch may be drawn if the table holds {@code minSize} items and afterwards {@code diff ≥
 *       minDiff}.
 * </ul>
 *
 * <p>Bounds with which both could wait for each other for ever are refused. It has no state: the
 * table's counters are its state and are saved with the table.
 *
 * @param minSize items the table must hold before the first sample
 * @param samplesPerInsert how often an item is drawn on average
 * @param minDiff below which nothing is drawn, in samples; may be infinite
 * @param maxDiff above which nothing is inserted, in samples; may be infinite
 * @param batch samples drawn at once
 */
public record RateLimiter(
        long minSize, double samplesPerInsert, double minDiff, double maxDiff, int batch) {

    public RateLimiter {
        if (minSize < 1) {
            throw new IllegalArgumentException(
                    "replay.min-size=%,d must be at least 1".formatted(minSize));
        }
        if (batch < 1) {
            throw new IllegalArgumentException("batch of %,d: must be at least 1".formatted(batch));
        }
        if (!(samplesPerInsert > 0 && samplesPerInsert < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "replay.samples-per-insert=%s must be greater than 0"
                            .formatted(samplesPerInsert));
        }
        double least = leastRange(samplesPerInsert, minDiff, maxDiff, batch);
        if (!(maxDiff - minDiff >= least)) {
            throw new IllegalArgumentException(
                    ("replay limiter with max-diff - min-diff = %s - %s = %s: insertions and"
                         + " samples would wait for each other for ever; it must be at least"
                         + " samples-per-insert + batch = %s + %d, less 1 where all are whole"
                         + " numbers: %s")
                            .formatted(
                                    maxDiff,
                                    minDiff,
                                    maxDiff - minDiff,
                                    samplesPerInsert,
                                    batch,
                                    least));
        }
        if (minDiff > samplesPerInsert * minSize) {
            throw new IllegalArgumentException(
                    "replay limiter with min-diff = %s above samples-per-insert · min-size = %s · %d = %s: nothing could be drawn once the table holds min-size items"
                            .formatted(
                                    minDiff,
                                    samplesPerInsert,
                                    minSize,
                                    samplesPerInsert * minSize));
        }
    }

    /**
     * A ratio kept within a buffer: {@code error = (inserted − minSize) · samplesPerInsert −
     * sampled} stays in [−errorBuffer, errorBuffer]. Reverb's {@code SampleToInsertRatio}.
     */
    public RateLimiter(long minSize, double samplesPerInsert, double errorBuffer, int batch) {
        this(
                minSize,
                samplesPerInsert,
                samplesPerInsert * minSize - checkedBuffer(samplesPerInsert, errorBuffer, batch),
                samplesPerInsert * minSize + errorBuffer,
                batch);
    }

    /** Only a minimum size, no ratio. */
    public static RateLimiter minSizeOnly(long minSize) {
        return new RateLimiter(minSize, 1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 1);
    }

    /**
     * Each item inserted may be drawn once, and no more than {@code size} wait to be drawn.
     * Reverb's {@code Queue} and {@code Stack}, which differ in the table's selectors only.
     *
     * @param batch samples drawn at once, {@code size} at most
     */
    public static RateLimiter queue(long size, int batch) {
        if (batch > size) {
            throw new IllegalArgumentException(
                    "batch of %,d exceeds the queue's size of %,d: it would never fill"
                            .formatted(batch, size));
        }
        return new RateLimiter(batch, 1, 0, size, batch);
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
        return mayInsert(stats.size(), stats.inserted(), stats.sampled());
    }

    /** How many new items may be inserted now one after another, {@code most} at most. */
    public int insertionsAllowed(ReplayStats stats, int most) {
        int allowed = 0;
        while (allowed < most
                && mayInsert(stats.size() + allowed, stats.inserted() + allowed, stats.sampled())) {
            allowed++;
        }
        return allowed;
    }

    /** Whether {@code count} items may be drawn now. */
    public boolean maySample(ReplayStats stats, int count) {
        return stats.size() >= minSize
                && diff(stats.inserted(), stats.sampled()) - count >= minDiff;
    }

    /** What a draw of {@code count} waits for, with the numbers. */
    public String whyNoSample(ReplayStats stats, int count) {
        return stats.size() < minSize
                ? "size %,d is below min-size %,d".formatted(stats.size(), minSize)
                : "inserted · samples-per-insert - sampled - batch = %,d · %s - %,d - %,d is below min-diff %s"
                        .formatted(
                                stats.inserted(),
                                samplesPerInsert,
                                stats.sampled(),
                                count,
                                minDiff);
    }

    /** What an insertion waits for, with the numbers. */
    String whyNoInsertion(ReplayStats stats) {
        return "(inserted + 1) · samples-per-insert - sampled = %,d · %s - %,d is above max-diff %s"
                .formatted(stats.inserted() + 1, samplesPerInsert, stats.sampled(), maxDiff);
    }

    private boolean mayInsert(long size, long inserted, long sampled) {
        return size < minSize || diff(inserted + 1, sampled) <= maxDiff;
    }

    private double diff(long inserted, long sampled) {
        return inserted * samplesPerInsert - sampled;
    }

    private static double checkedBuffer(double samplesPerInsert, double errorBuffer, int batch) {
        double least = leastErrorBuffer(samplesPerInsert, batch);
        if (!(errorBuffer >= least)) {
            throw new IllegalArgumentException(
                    ("replay error-buffer of %s is too small: reading and training would wait for"
                         + " each other for ever; it must be at least (samples-per-insert + batch)"
                         + " / 2 = (%s + %d) / 2 = %s, samples-per-insert and 1")
                            .formatted(
                                    errorBuffer,
                                    samplesPerInsert,
                                    batch,
                                    (samplesPerInsert + batch) / 2));
        }
        return errorBuffer;
    }

    /** In steps of whole numbers {@code diff} can't lie between two of them. */
    private static double leastRange(double perInsert, double minDiff, double maxDiff, int batch) {
        boolean whole =
                perInsert == Math.rint(perInsert)
                        && minDiff == Math.rint(minDiff)
                        && maxDiff == Math.rint(maxDiff);
        return perInsert + batch - (whole ? 1 : 0);
    }
}
