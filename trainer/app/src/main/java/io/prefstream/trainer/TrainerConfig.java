package io.prefstream.trainer;

import io.prefstream.model.Precision;
import io.prefstream.replay.ConfidenceGate;
import io.prefstream.replay.RateLimiter;
import io.prefstream.replay.ReplaySettings;
import io.prefstream.replay.Selection;
import io.prefstream.replay.Staleness;
import io.prefstream.replay.Strata;
import io.prefstream.replay.TableSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a training run, checked when it is made. Keys, defaults and meaning are in
 * the resource {@code trainer-defaults.yaml}; {@link TrainerConfigReader} reads it.
 */
public record TrainerConfig(
        long seed,
        Path out,
        int keepTrunks,
        @Nullable String devices,
        Output output,
        Model model,
        Source source,
        Batch batch,
        Optimizer optimizer,
        Loss loss,
        Schedule schedule,
        Release release,
        Replay replay,
        Evaluation evaluation,
        Drift drift,
        Progress progress) {

    public TrainerConfig {
        atLeast("keep-trunks", keepTrunks, 1);
        if (source.pairs() == null
                && (source.bootstrapServers() == null || source.registryUrl() == null)) {
            throw new IllegalArgumentException(
                    "source.pairs (a file), or source.bootstrap-servers and source.registry-url"
                            + " (the topic), must be given");
        }
        if (source.pairs() != null
                && schedule.steps() == null
                && replay.samplesPerInsert() == null) {
            throw new IllegalArgumentException(
                    "schedule.steps must be given: a file has an end, and without"
                            + " replay.samples-per-insert training on it has none");
        }
        limiter(replay, batch).checkCapacity(replay.capacity());
        checkUses(replay, batch);
        if (drift.action() == DriftAction.HISTORY) {
            checkHistory(replay.history(), drift);
        }
    }

    /** Refuses a table that could never give a batch because its pairs leave it too soon. */
    private static void checkUses(Replay replay, Batch batch) {
        long uses = replay.maxTimesSampled();
        if (uses == 0) {
            return;
        }
        Integer pairs = batch.pairs();
        if (pairs == null && replay.capacity() < batch.mostPairs()) {
            throw new IllegalArgumentException(
                    "replay.capacity=%,d must be at least the %,d pairs that batch.tokens=%,d may need where pairs leave the table after replay.max-times-sampled=%,d uses"
                            .formatted(replay.capacity(), batch.mostPairs(), batch.tokens(), uses));
        }
        if (pairs != null && replay.minSize() < pairs) {
            throw new IllegalArgumentException(
                    "replay.min-size=%,d must be at least batch.pairs=%,d where pairs leave the table after replay.max-times-sampled=%,d uses"
                            .formatted(replay.minSize(), pairs, uses));
        }
    }

    private static void checkHistory(History history, Drift drift) {
        if (history.capacity() == 0) {
            throw new IllegalArgumentException(
                    "drift.action=history needs pairs to draw from: replay.history.capacity=0 must"
                            + " be above 0");
        }
        if (drift.historyFraction() <= history.fraction()) {
            throw new IllegalArgumentException(
                    "drift.history-fraction=%s must be above replay.history.fraction=%s"
                            .formatted(drift.historyFraction(), history.fraction()));
        }
    }

    /** The limiter between intake and training. */
    public RateLimiter limiter() {
        return limiter(replay, batch);
    }

    private static RateLimiter limiter(Replay replay, Batch batch) {
        Double ratio = replay.samplesPerInsert();
        if (ratio == null) {
            return RateLimiter.minSizeOnly(replay.minSize());
        }
        Double buffer = replay.errorBuffer();
        int most = batch.mostPairs();
        double least = RateLimiter.leastErrorBuffer(ratio, most);
        double usual = batch.pairs() == null ? least : Math.max(least, 10.0 * most);
        return new RateLimiter(replay.minSize(), ratio, buffer == null ? usual : buffer, most);
    }

    /** Where whole checkpoints are copied to; nowhere without a URI. */
    public record Output(@Nullable URI uri, Duration outageLimit) {
        public Output {
            if (outageLimit.isNegative()) {
                throw new IllegalArgumentException(
                        "output.outage-limit=%s must not be negative".formatted(outageLimit));
            }
        }
    }

    /** What is trained. */
    public record Model(
            String name,
            @Nullable Path path,
            @Nullable Integer context,
            @Nullable Precision precision,
            Demo demo) {
        public Model {
            if (name.isBlank()) {
                throw new IllegalArgumentException("model.name is empty");
            }
            if (context != null) {
                atLeast("model.context", context, 8);
            }
        }
    }

    /** Sizes of a fresh small model; null for the demo model's own. */
    public record Demo(
            @Nullable Integer hidden,
            @Nullable Integer layers,
            @Nullable Integer heads,
            @Nullable Integer keyValueHeads,
            @Nullable Integer intermediate) {}

    /** What decides on which side of the split a pair of a file is. */
    public enum HoldoutBy {
        REPOSITORY,
        PATH,
        PAIR
    }

    /** Where pairs come from. */
    public record Source(
            @Nullable Path pairs,
            double holdoutShare,
            HoldoutBy holdoutBy,
            @Nullable String bootstrapServers,
            @Nullable String registryUrl,
            Map<String, String> kafka,
            int pairsPerStep,
            boolean prefetch,
            Duration outageLimit,
            @Nullable Duration dryTimeout) {
        public Source {
            share("source.holdout-share", holdoutShare);
            atLeast("source.pairs-per-step", pairsPerStep, 1);
            if (outageLimit.isNegative()) {
                throw new IllegalArgumentException(
                        "source.outage-limit=%s must not be negative".formatted(outageLimit));
            }
            kafka = Map.copyOf(kafka);
        }
    }

    /**
     * Pairs of a step: so many, or until they have so many tokens; exactly one of both is there.
     */
    public record Batch(
            @Nullable Integer pairs,
            @Nullable Integer tokens,
            int tokensAtOnce,
            boolean recomputeLayers) {

        private static final int USUAL_PAIRS = 16;

        /** A prompt, a response and an end on each side: two tokens at least, see EncodedText. */
        private static final int LEAST_TOKENS = 4;

        public Batch {
            if (pairs != null && tokens != null) {
                throw new IllegalArgumentException(
                        "batch.pairs=%,d and batch.tokens=%,d: only one of them can be given"
                                .formatted(pairs, tokens));
            }
            if (pairs == null && tokens == null) {
                pairs = USUAL_PAIRS;
            }
            if (pairs != null) {
                atLeast("batch.pairs", pairs, 1);
            }
            if (tokens != null) {
                atLeast("batch.tokens", tokens, 1);
            }
            atLeast("batch.tokens-at-once", tokensAtOnce, 1);
        }

        /** Pairs that a step may take at most. */
        int mostPairs() {
            return tokens == null ? Objects.requireNonNull(pairs) : (tokens - 1) / LEAST_TOKENS + 1;
        }
    }

    /** AdamW with clipping by global norm. */
    public record Optimizer(
            double learningRate,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            double clipNorm,
            int maxSkipsInARow) {
        public Optimizer {
            positive("optimizer.learning-rate", learningRate);
            belowOne("optimizer.beta1", beta1);
            belowOne("optimizer.beta2", beta2);
            positive("optimizer.epsilon", epsilon);
            notNegative("optimizer.weight-decay", weightDecay);
            positive("optimizer.clip-norm", clipNorm);
            atLeast("optimizer.max-skips-in-a-row", maxSkipsInARow, 1);
        }
    }

    /** Weights of the two parts of the loss. */
    public record Loss(double reward, double language) {
        public Loss {
            notNegative("loss.reward", reward);
            notNegative("loss.language", language);
            if (reward == 0 && language == 0) {
                throw new IllegalArgumentException(
                        "loss.reward and loss.language are both 0: there is nothing to learn");
            }
        }
    }

    /** How the learning rate falls on the fork of a release. */
    public enum DecayShape {
        LINEAR,
        ONE_MINUS_SQRT
    }

    /** Warm-up, stable trunk, decayed forks. */
    public record Schedule(
            @Nullable Long steps,
            long warmupSteps,
            @Nullable Long releaseEvery,
            @Nullable Duration releaseEveryTime,
            @Nullable Long releaseEveryPairs,
            double decayFraction,
            long decayMaxSteps,
            DecayShape decayShape,
            long trunkEverySteps,
            @Nullable Duration trunkEveryTime) {
        public Schedule {
            if (steps != null) {
                atLeast("schedule.steps", steps, 1);
            }
            atLeast("schedule.warmup-steps", warmupSteps, 0);
            if (releaseEvery != null) {
                atLeast("schedule.release-every", releaseEvery, 1);
            }
            if (releaseEveryTime != null
                    && (releaseEveryTime.isZero() || releaseEveryTime.isNegative())) {
                throw new IllegalArgumentException(
                        "schedule.release-every-time=%s must be above 0"
                                .formatted(releaseEveryTime));
            }
            if (releaseEveryPairs != null) {
                atLeast("schedule.release-every-pairs", releaseEveryPairs, 1);
            }
            share("schedule.decay-fraction", decayFraction);
            atLeast("schedule.decay-max-steps", decayMaxSteps, 0);
            atLeast("schedule.trunk-every-steps", trunkEverySteps, 1);
        }
    }

    /** What is published, and what is kept. */
    public record Release(
            @Nullable Double gateMargin,
            int gateMinPairs,
            @Nullable Integer keep,
            @Nullable Integer keepRefused) {
        public Release {
            if (gateMargin != null) {
                share("release.gate-margin", gateMargin);
            }
            atLeast("release.gate-min-pairs", gateMinPairs, 1);
            if (keep != null) {
                atLeast("release.keep", keep, 1);
            }
            if (keepRefused != null) {
                atLeast("release.keep-refused", keepRefused, 0);
            }
        }
    }

    /** The replay buffer and its limiter. */
    public record Replay(
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
        public Replay {
            fresh(
                    capacity,
                    sampler,
                    remover,
                    priorityExponent,
                    gate,
                    maxTimesSampled,
                    staleness,
                    strata);
        }

        /** The settings of the buffer. */
        public ReplaySettings settings() {
            // The draws put their β on top.
            return settings(history.fraction()).withImportanceExponent(importance.used() ? 1 : 0);
        }

        /** With another share of history. */
        ReplaySettings settings(double historyFraction) {
            TableSettings fresh =
                    fresh(
                            capacity,
                            sampler,
                            remover,
                            priorityExponent,
                            gate,
                            maxTimesSampled,
                            staleness,
                            strata);
            return history.capacity() == 0
                    ? ReplaySettings.of(fresh)
                    : ReplaySettings.freshAndHistory(
                            fresh,
                            TableSettings.table(ReplaySettings.HISTORY, history.capacity())
                                    .remover(Selection.UNIFORM)
                                    .build(),
                            historyFraction);
        }

        private static TableSettings fresh(
                long capacity,
                Selection sampler,
                Selection remover,
                double priorityExponent,
                ConfidenceGate gate,
                long maxTimesSampled,
                Staleness staleness,
                Strata strata) {
            return TableSettings.table(ReplaySettings.FRESH, capacity)
                    .sampler(sampler)
                    .remover(remover)
                    .priorityExponent(priorityExponent)
                    .gate(gate)
                    .maxTimesSampled(maxTimesSampled)
                    .staleness(staleness)
                    .strata(strata)
                    .build();
        }
    }

    /** The table of pairs that have left the fresh one; a capacity of 0 for none. */
    public record History(long capacity, double fraction) {
        public History {
            atLeast("replay.history.capacity", capacity, 0);
            share("replay.history.fraction", fraction);
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
            share("replay.importance.exponent", exponent);
            if (annealSteps != null) {
                atLeast("replay.importance.anneal-steps", annealSteps, 1);
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

    /** What is measured, and how often. */
    public record Evaluation(
            @Nullable Long every,
            int holdoutCap,
            double prequentialShare,
            int prequentialWindow,
            boolean probes,
            int probePairs,
            double probeMargin) {
        public Evaluation {
            if (every != null) {
                atLeast("evaluation.every", every, 1);
            }
            atLeast("evaluation.holdout-cap", holdoutCap, 1);
            share("evaluation.prequential-share", prequentialShare);
            atLeast("evaluation.prequential-window", prequentialWindow, 1);
            atLeast("evaluation.probe-pairs", probePairs, 1);
            share("evaluation.probe-margin", probeMargin);
        }
    }

    /** What an alarm does beside being told. */
    public enum DriftAction {
        NONE,
        /** More of a batch is drawn from history, for so many steps. */
        HISTORY,
        /** A release is due. */
        RELEASE
    }

    /** When fresh pairs count as having become harder, and what happens then. */
    public record Drift(
            @Nullable Double delta,
            int window,
            DriftAction action,
            double historyFraction,
            int historySteps) {
        public Drift {
            if (delta != null && !(delta > 0 && delta < 1)) {
                throw new IllegalArgumentException(
                        "drift.delta=%s must be in (0, 1)".formatted(delta));
            }
            atLeast("drift.window", window, 64);
            share("drift.history-fraction", historyFraction);
            atLeast("drift.history-steps", historySteps, 1);
        }
    }

    /** What is told while it runs. */
    public record Progress(int every, boolean measurePeak) {
        public Progress {
            atLeast("progress.every", every, 1);
        }
    }

    private static void atLeast(String key, long value, long limit) {
        if (value < limit) {
            throw new IllegalArgumentException(
                    "%s=%,d must be at least %,d".formatted(key, value, limit));
        }
    }

    private static void share(String key, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("%s=%s must be in [0, 1]".formatted(key, value));
        }
    }

    private static void belowOne(String key, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("%s=%s must be in [0, 1)".formatted(key, value));
        }
    }

    private static void positive(String key, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("%s=%s must be above 0".formatted(key, value));
        }
    }

    private static void notNegative(String key, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("%s=%s must not be negative".formatted(key, value));
        }
    }

    /** The name as it is written in a configuration: {@code one-minus-sqrt}. */
    static String kebab(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
