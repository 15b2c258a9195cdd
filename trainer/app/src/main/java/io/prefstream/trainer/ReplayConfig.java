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
        Selection sampler,
        Selection remover,
        double priorityExponent,
        ConfidenceGate gate,
        long maxTimesSampled,
        Staleness staleness,
        Strata strata,
        History history,
        Importance importance) {

    private static final long USUAL_HISTORY = 800_000;

    /**
     * The settings of the buffer.
     *
     * @throws IllegalArgumentException naming the first key that is out of its range
     */
    public ReplaySettings settings() {
        // The draws put their β on top.
        return settings(history.fraction()).withImportanceExponent(importance.used() ? 1 : 0);
    }

    /** With another share of history. */
    ReplaySettings settings(double historyFraction) {
        TableSettings fresh =
                TableSettings.table(ReplaySettings.FRESH, capacity)
                        .sampler(sampler)
                        .remover(remover)
                        .priorityExponent(priorityExponent)
                        .gate(gate)
                        .maxTimesSampled(maxTimesSampled)
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

    /** The limiter between intake and training in batches of this size. */
    RateLimiter limiter(TrainerConfig.Batch batch) {
        Double ratio = samplesPerInsert;
        if (ratio == null) {
            return RateLimiter.minSizeOnly(minSize);
        }
        Double buffer = errorBuffer;
        int most = batch.mostPairs();
        double least = RateLimiter.leastErrorBuffer(ratio, most);
        double usual = batch.pairs() == null ? least : Math.max(least, 10.0 * most);
        return new RateLimiter(minSize, ratio, buffer == null ? usual : buffer, most);
    }

    /** Refuses a table that could never give a batch because its pairs leave it too soon. */
    void checkUses(TrainerConfig.Batch batch) {
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
        if (pairs != null && minSize < pairs) {
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
            Limits.share("replay.history.fraction", fraction);
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
