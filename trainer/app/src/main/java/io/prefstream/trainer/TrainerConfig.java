package io.prefstream.trainer;

import io.prefstream.model.Precision;
import io.prefstream.replay.RateLimiter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
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
        SourceConfig source,
        Batch batch,
        Optimizer optimizer,
        Loss loss,
        ScheduleConfig schedule,
        Release release,
        ReplayConfig replay,
        EvaluationConfig evaluation,
        DriftConfig drift,
        Progress progress,
        MetricsConfig metrics) {

    public TrainerConfig {
        Limits.atLeast("keep-trunks", keepTrunks, 1);
        if (source.pairs() == null
                && (source.bootstrapServers() == null || source.registryUrl() == null)) {
            throw new IllegalArgumentException(
                    "source.pairs (a file), or source.bootstrap-servers and source.registry-url"
                            + " (the topic), must be given");
        }
        if (source.pairs() != null && schedule.steps() == null && !replay.endsWithItsPairs()) {
            throw new IllegalArgumentException(
                    "schedule.steps must be given: a file has an end, and without"
                            + " replay.samples-per-insert training on it has none");
        }
        replay.settings(); // Its parts check themselves.
        replay.checked(batch);
        drift.checkAgainst(replay);
        metrics.checkAgainst("source.outage-limit", source.outageLimit());
        metrics.checkAgainst("output.outage-limit", output.outageLimit());
    }

    /** The limiter between intake and training. */
    public RateLimiter limiter() {
        return replay.limiter(batch);
    }

    /** Where whole checkpoints are copied to; nowhere without a URI. */
    public record Output(@Nullable URI uri, Duration outageLimit) {
        public Output {
            Limits.notNegative("output.outage-limit", outageLimit);
        }
    }

    /** What is trained. */
    public record Model(
            String name,
            @Nullable Path path,
            @Nullable String base,
            @Nullable Integer context,
            @Nullable Precision precision,
            Demo demo) {
        public Model {
            if (name.isBlank()) {
                throw new IllegalArgumentException("model.name is empty");
            }
            if (base != null && !base.matches("[\\w.-]+/[\\w.-]+")) {
                throw new IllegalArgumentException(
                        "model.base=%s must be owner/name as on the Hugging Face Hub"
                                .formatted(base));
            }
            if (context != null) {
                Limits.atLeast("model.context", context, 8);
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
                Limits.atLeast("batch.pairs", pairs, 1);
            }
            if (tokens != null) {
                Limits.atLeast("batch.tokens", tokens, 1);
            }
            Limits.atLeast("batch.tokens-at-once", tokensAtOnce, 1);
        }

        /** Of so many pairs, for draws that no model is trained on here. */
        static Batch ofPairs(int pairs) {
            return new Batch(pairs, null, 1, false);
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
            Limits.positive("optimizer.learning-rate", learningRate);
            Limits.belowOne("optimizer.beta1", beta1);
            Limits.belowOne("optimizer.beta2", beta2);
            Limits.positive("optimizer.epsilon", epsilon);
            Limits.notNegative("optimizer.weight-decay", weightDecay);
            Limits.positive("optimizer.clip-norm", clipNorm);
            Limits.atLeast("optimizer.max-skips-in-a-row", maxSkipsInARow, 1);
        }
    }

    /** Weights of the two parts of the loss. */
    public record Loss(double reward, double language) {
        public Loss {
            Limits.notNegative("loss.reward", reward);
            Limits.notNegative("loss.language", language);
            if (reward == 0 && language == 0) {
                throw new IllegalArgumentException(
                        "loss.reward and loss.language are both 0: there is nothing to learn");
            }
        }
    }

    /** What is published, and what is kept. */
    public record Release(
            @Nullable Double gateMargin,
            int gateMinPairs,
            @Nullable Integer keep,
            @Nullable Integer keepRefused,
            @Nullable String license) {
        public Release {
            if (license != null && !license.matches("[a-z0-9.-]+")) {
                throw new IllegalArgumentException(
                        "release.license=%s must be spelt as on the Hugging Face Hub: apache-2.0"
                                .formatted(license));
            }
            if (gateMargin != null) {
                Limits.share("release.gate-margin", gateMargin);
            }
            Limits.atLeast("release.gate-min-pairs", gateMinPairs, 1);
            if (keep != null) {
                Limits.atLeast("release.keep", keep, 1);
            }
            if (keepRefused != null) {
                Limits.atLeast("release.keep-refused", keepRefused, 0);
            }
        }
    }

    /** What is told while it runs. */
    public record Progress(int every, boolean keys, boolean measurePeak) {
        public Progress {
            Limits.atLeast("progress.every", every, 1);
        }
    }

    /** The name as it is written in a configuration: {@code one-minus-sqrt}. */
    static String kebab(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
