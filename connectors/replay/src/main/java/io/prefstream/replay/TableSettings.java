package io.prefstream.replay;

import java.util.Optional;

/**
 * What a table holds and hands out. Made by {@link #table}.
 *
 * @param name of the table
 * @param capacity items it holds at most
 * @param sampler which item a sample is
 * @param remover which item leaves at capacity
 * @param priorityExponent of {@link Selection#PRIORITIZED}; 0 makes it uniform
 * @param maxTimesSampled uses after which an item leaves; 0 for any number
 * @param limiter of insertions and samples
 * @param strata with their shares of the samples
 * @param staleness how old an item may be
 * @param gate before priorities
 * @param overflow table that takes what leaves by capacity, last use or age; empty if none does
 */
public record TableSettings(
        String name,
        long capacity,
        Selection sampler,
        Selection remover,
        double priorityExponent,
        long maxTimesSampled,
        RateLimiter limiter,
        Strata strata,
        Staleness staleness,
        ConfidenceGate gate,
        Optional<String> overflow) {

    public TableSettings {
        if (name.isBlank()) {
            throw new IllegalArgumentException("replay table without a name");
        }
        if (capacity < 1) {
            throw new IllegalArgumentException(
                    "replay.capacity=%,d must be at least 1".formatted(capacity));
        }
        if (maxTimesSampled < 0) {
            throw new IllegalArgumentException(
                    "replay.max-times-sampled=%,d must be 0 (any number) or more"
                            .formatted(maxTimesSampled));
        }
        if (sampler == Selection.FIFO && maxTimesSampled == 0) {
            throw new IllegalArgumentException(
                    "replay sampler fifo needs max-times-sampled of at least 1: without a limit it"
                            + " gives the same item for ever");
        }
        if (!(priorityExponent >= 0 && priorityExponent < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "replay.priority-exponent=%s must be at least 0".formatted(priorityExponent));
        }
        if (gate.minConfidence() > 0 && !sampler.usesPriorities() && !remover.usesPriorities()) {
            throw new IllegalArgumentException(
                    "replay gate.min-confidence of %s needs a sampler or remover with priorities, not %s and %s"
                            .formatted(gate.minConfidence(), sampler, remover));
        }
        check(limiter, capacity, maxTimesSampled);
    }

    /**
     * Refuses a limiter with which this table would wait for ever.
     *
     * @throws IllegalArgumentException with the inequality that doesn't hold
     */
    void check(RateLimiter newLimiter) {
        check(newLimiter, capacity, maxTimesSampled);
    }

    private static void check(RateLimiter limiter, long capacity, long maxTimesSampled) {
        limiter.checkCapacity(capacity);
        if (maxTimesSampled > 0 && limiter.batch() > (double) limiter.minSize() * maxTimesSampled) {
            throw new IllegalArgumentException(
                    "replay batch of %,d exceeds min-size · max-times-sampled = %,d · %,d: the table may be empty before it is drawn"
                            .formatted(limiter.batch(), limiter.minSize(), maxTimesSampled));
        }
    }

    /** Begins the settings of a table: uniform samples, the oldest leave, no further limits. */
    public static Builder table(String name, long capacity) {
        return new Builder(name, capacity);
    }

    /** Reverb's queue: oldest first, each item once, no insertion beyond the size. */
    public static Builder queue(String name, long size, int batch) {
        return table(name, size)
                .sampler(Selection.FIFO)
                .maxTimesSampled(1)
                .limiter(RateLimiter.queue(size, batch));
    }

    /** Reverb's stack: newest first, each item once, no insertion beyond the size. */
    public static Builder stack(String name, long size, int batch) {
        return table(name, size)
                .sampler(Selection.LIFO)
                .remover(Selection.LIFO)
                .maxTimesSampled(1)
                .limiter(RateLimiter.queue(size, batch));
    }

    /** The same, and what leaves by capacity, last use or age goes on to another table. */
    public TableSettings overflowingTo(String table) {
        return new TableSettings(
                name,
                capacity,
                sampler,
                remover,
                priorityExponent,
                maxTimesSampled,
                limiter,
                strata,
                staleness,
                gate,
                Optional.of(table));
    }

    /** Settings in the making. */
    public static final class Builder {

        private final String name;
        private final long capacity;
        private Selection sampler = Selection.UNIFORM;
        private Selection remover = Selection.FIFO;
        private double priorityExponent = 1;
        private long maxTimesSampled;
        private RateLimiter limiter = RateLimiter.minSizeOnly(1);
        private Strata strata = Strata.NONE;
        private Staleness staleness = Staleness.UNLIMITED;
        private ConfidenceGate gate = ConfidenceGate.OPEN;

        private Builder(String name, long capacity) {
            this.name = name;
            this.capacity = capacity;
        }

        /** Which item a sample is. */
        public Builder sampler(Selection selection) {
            sampler = selection;
            return this;
        }

        /** Which item leaves at capacity. */
        public Builder remover(Selection selection) {
            remover = selection;
            return this;
        }

        /** Exponent of prioritized selection. */
        public Builder priorityExponent(double exponent) {
            priorityExponent = exponent;
            return this;
        }

        /** Uses after which an item leaves; 0 for any number. */
        public Builder maxTimesSampled(long times) {
            maxTimesSampled = times;
            return this;
        }

        /** When insertions and samples wait. */
        public Builder limiter(RateLimiter rule) {
            limiter = rule;
            return this;
        }

        /** Strata and their shares. */
        public Builder strata(Strata parts) {
            strata = parts;
            return this;
        }

        /** How old an item may be. */
        public Builder staleness(Staleness limit) {
            staleness = limit;
            return this;
        }

        /** The gate before priorities. */
        public Builder gate(ConfidenceGate before) {
            gate = before;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException if they contradict each other
         */
        public TableSettings build() {
            return new TableSettings(
                    name,
                    capacity,
                    sampler,
                    remover,
                    priorityExponent,
                    maxTimesSampled,
                    limiter,
                    strata,
                    staleness,
                    gate,
                    Optional.empty());
        }
    }
}
