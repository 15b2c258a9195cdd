package io.prefstream.replay;

/**
 * What a table holds and hands out.
 *
 * @param capacity items it holds at most; the oldest is evicted first
 * @param sampler which item a sample is
 * @param maxTimesSampled uses after which an item leaves the table; 0 for any number
 */
public record ReplaySettings(long capacity, Sampler sampler, long maxTimesSampled) {

    public ReplaySettings {
        if (capacity < 1) {
            throw new IllegalArgumentException(
                    "replay capacity of %,d: must be at least 1".formatted(capacity));
        }
        if (maxTimesSampled < 0) {
            throw new IllegalArgumentException(
                    "replay max-times-sampled of %,d: must be 0 (any number) or more"
                            .formatted(maxTimesSampled));
        }
        if (sampler == Sampler.FIFO && maxTimesSampled == 0) {
            throw new IllegalArgumentException(
                    "replay sampler fifo needs max-times-sampled of at least 1: without a limit it"
                            + " gives the same item for ever");
        }
    }

    /** Uniform sampling, any number of uses. */
    public static ReplaySettings uniform(long capacity) {
        return new ReplaySettings(capacity, Sampler.UNIFORM, 0);
    }

    /** A queue: oldest first, each item used once. */
    public static ReplaySettings queue(long capacity) {
        return new ReplaySettings(capacity, Sampler.FIFO, 1);
    }
}
