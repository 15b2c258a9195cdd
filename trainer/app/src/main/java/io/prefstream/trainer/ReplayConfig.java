package io.prefstream.trainer;

import io.prefstream.replay.ConfidenceGate;
import io.prefstream.replay.RateLimiter;
import io.prefstream.replay.ReplaySettings;
import io.prefstream.replay.Selection;
import io.prefstream.replay.Staleness;
import io.prefstream.replay.Strata;
import io.prefstream.replay.TableSettings;
import org.jspecify.annotations.Nullable;

/** The replay buffer and its limiter. */
public record ReplayConfig(
        long capacity,
        long minSize,
        @Nullable Double samplesPerInsert,
        @Nullable Double errorBuffer,
        @Nullable Long queueSize,
        Selection sampler,
        Selection remover,
        double priorityExponent,
        ConfidenceGate gate,
        long maxTimesSampled,
        Staleness staleness,
        Strata strata,
        History history,
        Importance importance,
        Serve serve) {

    private static final long USUAL_HISTORY = 800_000;

    public ReplayConfig {
        if (queueSize != null) {
            Limits.atLeast("replay.queue-size", queueSize, 1);
            if (queueSize > capacity) {
                throw new IllegalArgumentException(
                        "replay.queue-size=%,d must be at most replay.capacity=%,d"
                                .formatted(queueSize, capacity));
            }
            if (samplesPerInsert != null || errorBuffer != null) {
                throw new IllegalArgumentException(
                        "replay.queue-size=%,d with replay.samples-per-insert=%s and replay.error-buffer=%s: a queue has a ratio of its own, 1"
                                .formatted(queueSize, samplesPerInsert, errorBuffer));
            }
        }
    }

    /**
     * The settings of the buffer.
     *
     * @throws IllegalArgumentException naming the first key that is out of its range
     */
    public ReplaySettings settings() {
        // The draws put their β on top.
        return settings(history.fraction()).withImportanceExponent(importance.used() ? 1 : 0);
    }

    /**
     * The settings of a table with no trainer beside it, whose clients draw by its limiter.
     *
     * @param largestDraw pairs that may be drawn at once
     * @throws IllegalArgumentException naming the first key that is out of its range, or that needs
     *     a trainer
     */
    public ReplaySettings served(int largestDraw) {
        if (staleness.maxVersions() != null) {
            throw new IllegalArgumentException(
                    "replay.staleness.max-versions=%,d needs a trainer, whose steps are versions; replay.staleness.max-age limits by time"
                            .formatted(staleness.maxVersions()));
        }
        if (importance.annealSteps() != null) {
            throw new IllegalArgumentException(
                    "replay.importance.anneal-steps=%,d needs a trainer's steps; replay.importance.exponent=%s stays"
                            .formatted(importance.annealSteps(), importance.exponent()));
        }
        settings(); // Its parts check themselves.
        RateLimiter limiter = checked(TrainerConfig.Batch.ofPairs(largestDraw));
        return settings(history.fraction(), limiter).withImportanceExponent(importance.exponent());
    }

    /** With another share of history. */
    ReplaySettings settings(double historyFraction) {
        // The trainer asks its own limiter; others, who only look, wait for as many pairs.
        return settings(historyFraction, RateLimiter.minSizeOnly(queueSize == null ? minSize : 1));
    }

    private ReplaySettings settings(double historyFraction, RateLimiter limiter) {
        TableSettings fresh =
                TableSettings.table(ReplaySettings.FRESH, capacity)
                        .sampler(sampler)
                        .remover(remover)
                        .priorityExponent(priorityExponent)
                        .gate(gate)
                        .maxTimesSampled(maxTimesSampled)
                        .limiter(limiter)
                        .staleness(staleness)
                        .strata(strata)
                        .build();
        return historyCapacity() == 0
                ? ReplaySettings.of(fresh)
                : ReplaySettings.freshAndHistory(
                        fresh,
                        TableSettings.table(ReplaySettings.HISTORY, historyCapacity())
                                .remover(Selection.UNIFORM)
                                .build(),
                        historyFraction);
    }

    /**
     * Pairs that the history holds at most. Where nothing is said there is none if uses or age are
     * limited: what is used up or too old would be drawn again.
     */
    long historyCapacity() {
        Long capacity = history.capacity();
        if (capacity != null) {
            return capacity;
        }
        boolean limited = maxTimesSampled > 0 || !staleness.equals(Staleness.UNLIMITED);
        return limited ? 0 : USUAL_HISTORY;
    }

    /** Whether it bounds how often a pair is drawn. */
    boolean endsWithItsPairs() {
        return samplesPerInsert != null || queueSize != null;
    }

    /** The limiter between intake and training in batches of this size. */
    RateLimiter limiter(TrainerConfig.Batch batch) {
        int most = batch.mostPairs();
        if (queueSize != null) {
            return RateLimiter.queue(queueSize, most);
        }
        Double ratio = samplesPerInsert;
        if (ratio == null) {
            return RateLimiter.minSizeOnly(minSize);
        }
        Double buffer = errorBuffer;
        double least = RateLimiter.leastErrorBuffer(ratio, most);
        double usual = batch.pairs() == null ? least : Math.max(least, 10.0 * most);
        return new RateLimiter(minSize, ratio, buffer == null ? usual : buffer, most);
    }

    /**
     * The limiter, which this table can never make wait for ever.
     *
     * @throws IllegalArgumentException if it could
     */
    RateLimiter checked(TrainerConfig.Batch batch) {
        RateLimiter limiter = limiter(batch);
        limiter.checkCapacity(capacity);
        checkUses(batch, limiter);
        return limiter;
    }

    /** Refuses a table that could never give a batch because its pairs leave it too soon. */
    private void checkUses(TrainerConfig.Batch batch, RateLimiter limiter) {
        long uses = maxTimesSampled;
        if (uses == 0) {
            return;
        }
        Integer pairs = batch.pairs();
        if (pairs == null && capacity < batch.mostPairs()) {
            throw new IllegalArgumentException(
                    "replay.capacity=%,d must be at least the %,d pairs that batch.tokens=%,d may need where pairs leave the table after replay.max-times-sampled=%,d uses"
                            .formatted(capacity, batch.mostPairs(), batch.tokens(), uses));
        }
        if (pairs != null && limiter.minSize() < pairs) {
            throw new IllegalArgumentException(
                    "replay.min-size=%,d must be at least batch.pairs=%,d where pairs leave the table after replay.max-times-sampled=%,d uses"
                            .formatted(minSize, pairs, uses));
        }
    }

    /**
     * The table of pairs that have left the fresh one; a capacity of 0 for none, null for what
     * {@link #historyCapacity} says.
     */
    public record History(@Nullable Long capacity, double fraction) {
        public History {
            if (capacity != null) {
                Limits.atLeast("replay.history.capacity", capacity, 0);
            }
            Limits.belowOne("replay.history.fraction", fraction);
        }
    }

    /**
     * Whether clients elsewhere may draw from the trainer's own table, which leaves no trace there.
     *
     * @param bind address to listen on
     * @param port to listen on, 0 for a free one, null for none
     */
    public record Serve(String bind, @Nullable Integer port) {
        public Serve {
            Limits.port("replay.serve.port", port);
        }

        /**
         * Asks the resolver, so not for each configuration that is read.
         *
         * @throws IllegalArgumentException if nothing can listen there
         */
        public void checkAddress() {
            Limits.address("replay.serve.bind", bind);
        }
    }

    /**
     * Weights of a batch's pairs that correct for how they were drawn (Schaul et al. 2016, section
     * 3.4).
     *
     * @param exponent β of the first step
     * @param annealSteps in which it rises to 1, or null if it stays
     */
    public record Importance(double exponent, @Nullable Long annealSteps) {
        public Importance {
            Limits.share("replay.importance.exponent", exponent);
            if (annealSteps != null) {
                Limits.atLeast("replay.importance.anneal-steps", annealSteps, 1);
            }
        }

        boolean used() {
            return exponent > 0 || annealSteps != null;
        }

        /** β of a batch that is drawn once {@code steps} were made. */
        double exponentAt(long steps) {
            return annealSteps == null
                    ? exponent
                    : exponent + (1 - exponent) * Math.min(1, (double) steps / annealSteps);
        }
    }
}
