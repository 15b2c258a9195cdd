package io.prefstream.trainer;

import io.prefstream.replay.PairCodec;
import io.prefstream.replay.RateLimiter;
import io.prefstream.replay.ReplayBuffer;
import io.prefstream.replay.ReplayStats;
import io.prefstream.replay.ReplayUpdate;
import io.prefstream.replay.Sample;
import io.prefstream.replay.SplitMix64;
import io.prefstream.schemas.PreferencePair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws batches from the table: so many pairs, or pairs until their tokens are enough; from history
 * in the share that holds now; with the weights that correct for what isn't uniform in it.
 *
 * <p>A batch by tokens ends with the pair that fills it, so it exceeds {@code batch.tokens} by less
 * than that pair has. To leave out the pair that doesn't fit, and draw again for the next batch,
 * would draw long pairs less often than short ones.
 */
final class BatchDraws {

    private static final Logger LOG = LoggerFactory.getLogger(BatchDraws.class);

    private final TrainerConfig config;
    private final Learner learner;
    private final ReplayBuffer table;
    private final PairCodec codec;
    private SplitMix64 random;
    private long raised;
    private Map<String, Double> learned;

    /**
     * @param random state of the generator
     * @param raised batches that are still to be drawn with more of history than usual
     * @param learned priorities of the last step's pairs, by id, which the next draw doesn't see
     */
    record Saved(long random, long raised, Map<String, Double> learned) {
        static Saved fresh(long seed) {
            return new Saved(seed, 0, Map.of());
        }
    }

    /**
     * Pairs that were drawn.
     *
     * @param weights of their losses, 1 at most
     * @param firstTime those of the pairs that were never drawn before
     * @param historyFraction share of history that they were drawn with
     */
    record Drawn(
            List<PreferencePair> pairs,
            List<Double> weights,
            List<PreferencePair> firstTime,
            double historyFraction) {}

    BatchDraws(
            TrainerConfig config,
            Learner learner,
            ReplayBuffer table,
            PairCodec codec,
            Saved saved) {
        this.config = config;
        this.learner = learner;
        this.table = table;
        this.codec = codec;
        this.random = new SplitMix64(saved.random());
        this.raised = saved.raised();
        this.learned = saved.learned();
    }

    /**
     * The next batch, behind what is too old for it; empty if the limiter doesn't allow for one, or
     * there aren't tokens enough.
     *
     * @param version of the model that it is drawn for
     */
    Optional<Drawn> next(RateLimiter limiter, long version) {
        ReplayStats before;
        try (ReplayUpdate update = table.begin()) {
            update.modelVersion(version);
            if (update.dropStale()) {
                update.commit();
            }
            before = update.limited(mix());
        }
        Integer pairs = config.batch().pairs();
        if (!limiter.maySample(before, pairs == null ? 1 : pairs)) {
            return Optional.empty();
        }
        SplitMix64 generator = new SplitMix64(random.state());
        Filling filling = new Filling();
        try (ReplayUpdate update = table.begin()) {
            update.modelVersion(version);
            List<Sample> samples = sample(update, pairs, filling, generator);
            if (pairs == null && !(filling.full() && limiter.maySample(before, samples.size()))) {
                return Optional.empty();
            }
            update.commit();
            Drawn drawn = drawn(samples, version);
            random = generator;
            lower();
            return Optional.of(drawn);
        }
    }

    /** What the next batch waits for, in the limiter's numbers. */
    String waitsFor(RateLimiter limiter) {
        ReplayStats stats;
        try (ReplayUpdate update = table.begin()) {
            stats = update.limited(mix());
        }
        Integer tokens = config.batch().tokens();
        Integer pairs = config.batch().pairs();
        int least = pairs == null ? 1 : pairs;
        return tokens != null && limiter.maySample(stats, least)
                ? "of the table's %,d pairs too few may be drawn now for batch.tokens=%,d"
                        .formatted(stats.size(), tokens)
                : limiter.whyNoSample(stats, least);
    }

    /**
     * A batch that leaves no trace, of tables that aren't {@linkplain #isDry dry}; of fewer tokens,
     * or of fewer pairs where their uses are limited, than usual if the tables have no more.
     */
    Drawn peek(SplitMix64 generator, long version) {
        try (ReplayUpdate update = table.begin()) {
            Integer pairs = config.batch().pairs();
            if (pairs != null && config.replay().maxTimesSampled() > 0) {
                pairs = (int) Math.min(pairs, drawable(update));
            }
            return drawn(sample(update, pairs, new Filling(), generator), version);
        }
    }

    /** Whether there is nothing to draw. */
    boolean isDry() {
        try (ReplayUpdate update = table.begin()) {
            return drawable(update) == 0;
        }
    }

    private long drawable(ReplayUpdate update) {
        update.dropStale();
        return update.limited(mix()).size();
    }

    /**
     * Takes the priorities of a step's pairs, −log σ(margin) where it is a number. They count from
     * the draw after the next one on, as that may have been made while the step was computed.
     */
    void learned(List<PreferencePair> batch) {
        settle();
        float[] margins = learner.margins(batch);
        Map<String, Double> losses = new LinkedHashMap<>();
        for (int i = 0; i < margins.length; i++) {
            double loss =
                    Math.max(0, -margins[i])
                            + StrictMath.log1p(StrictMath.exp(-Math.abs(margins[i])));
            if (Double.isFinite(loss)) {
                losses.put(batch.get(i).getId(), loss);
            }
        }
        learned = losses;
    }

    /**
     * Gives the table the priorities of the step before the last one. To be called before the
     * intake for a draw that is made during a step, and after each step.
     */
    void settle() {
        if (!learned.isEmpty()) {
            try (ReplayUpdate update = table.begin()) {
                // A pair may have left the table meanwhile.
                learned.forEach(update::prioritize);
                update.commit();
            }
            learned = Map.of();
        }
    }

    /** Draws more of history from the next batch on, for as long as {@code drift} says. */
    void raiseHistory() {
        raised = config.drift().historySteps();
        LOG.info(
                "the share of history in a batch is {} for {} batches, then {} again",
                historyFraction(),
                raised,
                config.replay().history().fraction());
    }

    /** The share of history in the next batch. */
    double historyFraction() {
        double usual = config.replay().history().fraction();
        return raised > 0 ? config.drift().historyFraction() : usual;
    }

    Saved save() {
        return new Saved(random.state(), raised, learned);
    }

    private void lower() {
        if (raised > 0 && --raised == 0) {
            LOG.info("the share of history in a batch is {} again", historyFraction());
        }
    }

    private List<Sample> sample(
            ReplayUpdate update, @Nullable Integer pairs, Filling filling, SplitMix64 generator) {
        return pairs == null
                ? update.sampleUntil(mix(), filling, generator)
                : update.sample(mix(), pairs, generator);
    }

    /** The share of each table in the next batch. */
    SortedMap<String, Double> mix() {
        return config.replay().settings(historyFraction()).mix();
    }

    private Drawn drawn(List<Sample> samples, long version) {
        double exponent = config.replay().importance().exponentAt(version);
        List<PreferencePair> pairs = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        List<PreferencePair> firstTime = new ArrayList<>();
        for (Sample sample : samples) {
            PreferencePair pair = codec.decode(sample.value());
            pairs.add(pair);
            weights.add(exponent == 0 ? 1 : StrictMath.pow(sample.weight(), exponent));
            if (sample.timesSampled() == 1) {
                firstTime.add(pair);
            }
        }
        return new Drawn(pairs, weights, firstTime, historyFraction());
    }

    /** Adds up the tokens of a batch. */
    private final class Filling implements Predicate<byte[]> {
        private long tokens;

        @Override
        public boolean test(byte[] pair) {
            tokens += learner.tokens(codec.decode(pair));
            return full();
        }

        boolean full() {
            Integer enough = config.batch().tokens();
            return enough != null && tokens >= enough;
        }
    }
}
