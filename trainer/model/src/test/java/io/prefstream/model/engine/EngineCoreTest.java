package io.prefstream.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.generation.Sampling;
import io.prefstream.model.Golden;
import io.prefstream.model.kernels.EngineKernels.Weights;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EngineCoreTest {
    private static final EngineOptions TWO_LANES =
            EngineOptions.defaults()
                    .withWeights(Weights.FLOAT32)
                    .withLimits(8, 40, 1L << 20)
                    .withThreads(2);

    private static final IllegalStateException OUT_OF_MEMORY =
            new IllegalStateException("out of memory");

    /** Both of 20 tokens; half of the 40 a step in all are left, not a quarter. */
    @Test
    void memoryThatRunsOutInTwoStepsAtOnceHalvesTheLimitsOnce() throws Exception {
        try (StepDecoder decoder = decoder(Golden.QWEN2)) {
            EngineCore core = core(decoder, TWO_LANES, 2);
            for (int i = 0; i < 8; i++) {
                core.add(Recorded.sequence(new int[10], Sampling.GREEDY, 4, i, new Recorded()));
            }
            EngineStep first = plan(core);
            EngineStep second = plan(core);
            assertThat(first.rows().batch.tokens()).isEqualTo(20);
            assertThat(second.rows().batch.tokens()).isEqualTo(20);
            for (EngineStep step : List.of(first, second)) {
                core.made(step, new EngineStep.Made(List.of(), 1, OUT_OF_MEMORY));
            }
            assertThat(plan(core).rows().batch.tokens()).isEqualTo(10);
            assertThat(plan(core).rows().batch.tokens()).isEqualTo(10);
            assertThat(core.plan(true, System.nanoTime())).isNull();
            assertThat(core.endings()).isEmpty();
        }
    }

    /** The reference's loss is the mean of what the log-likelihood sums. */
    @ParameterizedTest
    @EnumSource
    void logLikelihoodsInChunksAreThoseOfWholeTexts(Golden golden) throws Exception {
        EngineOptions narrow = TWO_LANES.withLimits(3, 7, 1L << 20);
        EngineOptions wide = TWO_LANES.withLimits(3, 512, 1L << 20);
        try (StepDecoder decoder = decoder(golden)) {
            for (Golden.Case expected : golden.cases()) {
                int[] prompt = expected.prompt();
                double whole = score(core(decoder, wide, 1), prompt).logLikelihood();
                double chunks = score(core(decoder, narrow, 1), prompt).logLikelihood();
                assertThat(chunks).isCloseTo(whole, within(1e-4 * prompt.length));
                assertThat(-whole / (prompt.length - 1)).isCloseTo(expected.loss(), within(1e-4));
            }
        }
    }

    /** The score was admitted last and has 27 of its 60 tokens when one text may run at a time. */
    @Test
    void aScoreThatGivesItsPlaceUpHalfWayIsTheSame() throws Exception {
        int[] text = new Random(4).ints(60, 2, 64).toArray();
        EngineOptions options = TWO_LANES.withLimits(2, 16, 1L << 20);
        try (StepDecoder decoder = decoder(Golden.QWEN2)) {
            Scored alone = score(core(decoder, options, 1), text);
            EngineCore core = core(decoder, options, 1);
            core.add(Recorded.sequence(new int[4], Sampling.GREEDY, 30, 0, new Recorded()));
            Asked asked = new Asked();
            Sequence score = sequence(text, asked, 0);
            core.add(score);
            make(core, plan(core));
            make(core, plan(core));
            assertThat(score.computed).isEqualTo(12 + 15);
            core.made(plan(core), new EngineStep.Made(List.of(), 1, OUT_OF_MEMORY));
            run(core);
            assertThat(core.metrics().preemptions()).isOne();
            assertThat(asked.scored.get().logLikelihood())
                    .isCloseTo(alone.logLikelihood(), within(1e-3));
            assertThat(asked.scored.get().reward()).isCloseTo(alone.reward(), within(1e-4f));
        }
    }

    /** Otherwise part of it would be of the old weights and part of the new ones. */
    @Test
    void aTextThatGaveItsPlaceUpGoesOnBeforeOtherWeightsCome() throws Exception {
        try (StepDecoder decoder = decoder(Golden.QWEN2)) {
            EngineCore core = core(decoder, TWO_LANES.withLimits(2, 16, 1L << 20), 1);
            Recorded first = new Recorded();
            Recorded second = new Recorded();
            Recorded waits = new Recorded();
            for (Recorded text : List.of(first, second, waits)) {
                core.add(Recorded.sequence(new int[4], Sampling.GREEDY, 10, 0, text));
            }
            make(core, plan(core));
            core.made(plan(core), new EngineStep.Made(List.of(), 1, OUT_OF_MEMORY));
            for (EngineStep step = core.plan(false, 0); step != null; step = core.plan(false, 0)) {
                make(core, step);
            }
            assertThat(first.end).isCompleted();
            assertThat(second.end).isCompleted();
            assertThat(second.tokens).isEqualTo(first.tokens);
            assertThat(core.running()).isFalse();
            assertThat(waits.end).isNotDone();
            assertThat(core.metrics().preemptions()).isOne();
        }
    }

    @Test
    void theTimeInTheQueueEndsWithTheFirstAdmission() throws Exception {
        try (StepDecoder decoder = decoder(Golden.QWEN2)) {
            EngineCore core = core(decoder, TWO_LANES.withLimits(2, 16, 1L << 20), 1);
            core.add(sequence(new int[60], new Asked(), 1_000));
            core.add(sequence(new int[60], new Asked(), 1_200));
            make(core, Objects.requireNonNull(core.plan(true, 1_500)));
            EngineStep failing = Objects.requireNonNull(core.plan(true, 2_000));
            core.made(failing, new EngineStep.Made(List.of(), 1, OUT_OF_MEMORY));
            for (EngineStep step = core.plan(true, 1_000_000);
                    step != null;
                    step = core.plan(true, 1_000_000)) {
                make(core, step);
            }
            assertThat(core.metrics().preemptions()).isOne();
            assertThat(core.metrics().completed()).isEqualTo(2);
            assertThat(core.metrics().admitted()).isEqualTo(2);
            assertThat(core.metrics().queueNanos()).isEqualTo(500 + 300);
        }
    }

    private static StepDecoder decoder(Golden golden) throws IOException {
        return PagedDecoder.load(golden.config(), golden.folder(), TWO_LANES);
    }

    private static EngineCore core(StepDecoder decoder, EngineOptions options, int shares) {
        return new EngineCore(options, new EngineCore.Loaded(decoder, "golden", shares), () -> {});
    }

    private static Scored score(EngineCore core, int[] tokens) throws Exception {
        Asked asked = new Asked();
        core.add(sequence(tokens, asked, 0));
        run(core);
        return asked.scored.get();
    }

    private static Sequence sequence(int[] tokens, Asked asked, long queuedAt) {
        return new Sequence(
                tokens, new Sequence.Score(1, true, asked), "", queuedAt, Long.MAX_VALUE);
    }

    private static void run(EngineCore core) {
        for (EngineStep step = core.plan(true, 0); step != null; step = core.plan(true, 0)) {
            make(core, step);
        }
    }

    private static void make(EngineCore core, EngineStep step) {
        core.made(step, step.make());
        Deliveries.tell(core.endings());
    }

    private static EngineStep plan(EngineCore core) {
        return Objects.requireNonNull(core.plan(true, 0));
    }

    private record Scored(double logLikelihood, float reward) {}

    /** A score, when it comes. */
    private static final class Asked implements ScoreListener {
        final CompletableFuture<Scored> scored = new CompletableFuture<>();

        @Override
        public void scored(double logLikelihood, float reward, String model) {
            scored.complete(new Scored(logLikelihood, reward));
        }

        @Override
        public void failed(Throwable why) {
            scored.completeExceptionally(why);
        }
    }
}
