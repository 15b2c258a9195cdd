package io.prefstream.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.generation.Sampling;
import io.prefstream.model.Golden;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.kernels.EngineKernels.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GenerationEngineTest {
    private static final EngineOptions FLOATS = Golden.engineOptions().withLimits(8, 40, 1L << 20);

    /** Steps side by side are a processor's, whatever else is tested on. */
    private static final EngineOptions LANES =
            EngineOptions.defaults().withWeights(Weights.FLOAT32).withLimits(8, 40, 1L << 20);

    /** All prompts of a family together: ragged, in chunks, over a cache that is too small. */
    @ParameterizedTest
    @EnumSource
    void greedyTextsAreTheReferences(Golden golden) throws Exception {
        try (GenerationEngine engine =
                new GenerationEngine(golden.config(), golden.folder(), "golden", FLOATS)) {
            assertGreedyTexts(engine, golden);
        }
    }

    /** Each of the first three steps waits for the other two to begin. */
    @Test
    void lanesMakeStepsSideBySideAndGiveTheSameTexts() throws Exception {
        Golden golden = Golden.QWEN3;
        EngineOptions three = LANES.withLimits(64, 400, 4L << 20).withThreads(3);
        CountDownLatch begun = new CountDownLatch(3);
        StepDecoder decoder =
                new Watched(
                        PagedDecoder.load(golden.config(), golden.folder(), three),
                        batch -> {
                            begun.countDown();
                            join(begun);
                        });
        try (GenerationEngine engine = new GenerationEngine(decoder, "golden", three)) {
            assertGreedyTexts(engine, golden);
        }
    }

    @Test
    void aStepThatFailsFailsNoTextOfTheOneBesideIt() throws Exception {
        Golden golden = Golden.QWEN2;
        EngineOptions two = LANES.withThreads(2);
        CountDownLatch begun = new CountDownLatch(2);
        StepDecoder decoder =
                new Watched(
                        PagedDecoder.load(golden.config(), golden.folder(), two),
                        batch -> {
                            begun.countDown();
                            join(begun);
                            if (batch.tokens() == 12) {
                                throw new IllegalStateException("broken kernel");
                            }
                        });
        try (GenerationEngine engine = new GenerationEngine(decoder, "golden", two)) {
            Recorded twelve =
                    submit(engine, new int[] {4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 1);
            Recorded nine = submit(engine, new int[] {5, 6, 7, 8, 9, 10, 11, 12, 13}, 1);
            assertThatThrownBy(twelve::await).hasMessageContaining("broken kernel");
            assertThat(nine.await()).hasSize(40);
            assertThat(engine.metrics().usedBlocks()).isZero();
        }
    }

    /** All prompts of a family at once. */
    private static void assertGreedyTexts(GenerationEngine engine, Golden golden) throws Exception {
        List<Recorded> recorded = new ArrayList<>();
        for (Golden.Case expected : golden.cases()) {
            Recorded listener = new Recorded();
            engine.submit(Recorded.sequence(expected.prompt(), Sampling.GREEDY, 64, 0, listener));
            recorded.add(listener);
        }
        for (int i = 0; i < recorded.size(); i++) {
            assertThat(recorded.get(i).await())
                    .as("prompt %d", i)
                    .containsExactlyElementsOf(
                            Arrays.stream(golden.cases().get(i).greedy()).boxed().toList());
        }
    }

    private static void join(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no other step began");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16"})
    void aSeedGivesTheSameTextWhateverElseIsInTheBatch(Weights weights) throws Exception {
        EngineOptions options = Golden.engineOptions(weights).withLimits(8, 40, 1L << 20);
        Golden golden = Golden.QWEN2;
        List<int[]> prompts = new ArrayList<>();
        Random random = new Random(5);
        for (int i = 0; i < 30; i++) {
            prompts.add(random.ints(1 + random.nextInt(90), 2, 64).toArray());
        }
        List<List<Integer>> alone = new ArrayList<>();
        List<List<Double>> aloneProbabilities = new ArrayList<>();
        try (GenerationEngine engine = engine(golden, options)) {
            for (int i = 0; i < prompts.size(); i++) {
                Recorded listener = submit(engine, prompts.get(i), i);
                alone.add(listener.await());
                aloneProbabilities.add(listener.logProbabilities);
            }
        }
        try (GenerationEngine engine = engine(golden, options)) {
            List<Recorded> together = new ArrayList<>();
            for (int i = 0; i < prompts.size(); i++) {
                together.add(submit(engine, prompts.get(i), i));
            }
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(together.get(i).await()).isEqualTo(alone.get(i));
                for (int t = 0; t < aloneProbabilities.get(i).size(); t++) {
                    assertThat(together.get(i).logProbabilities.get(t))
                            .isCloseTo(aloneProbabilities.get(i).get(t), within(1e-4));
                }
            }
        }
    }

    @Test
    void aSharedBeginningIsComputedOnce() throws Exception {
        Golden golden = Golden.QWEN3;
        int[] prompt = new Random(1).ints(70, 2, 64).toArray();
        try (GenerationEngine engine = engine(golden, FLOATS)) {
            List<Integer> first = submit(engine, prompt, 1).await();
            List<Integer> second = submit(engine, prompt.clone(), 1).await();
            assertThat(second).isEqualTo(first);
            assertThat(engine.metrics().reusedTokens()).isEqualTo(64);
        }
    }

    private static GenerationEngine engine(Golden golden, EngineOptions options) throws Exception {
        return new GenerationEngine(golden.config(), golden.folder(), "golden", small(options));
    }

    /** A cache of 40 blocks of 16 tokens. */
    private static EngineOptions small(EngineOptions options) throws Exception {
        return options.withLimits(8, 40, 40 * 16 * 2L * 2 * 2 * 8 * 4);
    }

    private static Recorded submit(GenerationEngine engine, int[] prompt, long seed) {
        Recorded listener = new Recorded();
        engine.submit(Recorded.sequence(prompt, Sampling.temperature(1.2), 40, seed, listener));
        return listener;
    }

    @Test
    void outOfMemoryShrinksTheStepAndChangesNoText() throws Exception {
        Golden golden = Golden.LLAMA3;
        EngineOptions oneThread = FLOATS.withThreads(1);
        AtomicInteger refused = new AtomicInteger();
        StepDecoder decoder =
                new Watched(
                        PagedDecoder.load(golden.config(), golden.folder(), oneThread),
                        batch -> {
                            if (batch.tokens() > 9) {
                                refused.incrementAndGet();
                                throw new IllegalStateException("can't allocate memory");
                            }
                        });
        try (GenerationEngine engine = new GenerationEngine(decoder, "golden", oneThread)) {
            assertGreedyTexts(engine, golden);
        }
        // 40 tokens a step, then 20, 10 and 5.
        assertThat(refused).hasValue(3);
    }

    @Test
    void aStepThatFailsForAnotherReasonFailsItsTextsAndNoOthers() throws Exception {
        Golden golden = Golden.QWEN2;
        AtomicInteger steps = new AtomicInteger();
        StepDecoder decoder =
                new Watched(
                        PagedDecoder.load(golden.config(), golden.folder(), FLOATS),
                        batch -> {
                            if (steps.getAndIncrement() == 0) {
                                throw new IllegalStateException("broken kernel");
                            }
                        });
        try (GenerationEngine engine = new GenerationEngine(decoder, "golden", FLOATS)) {
            assertThatThrownBy(() -> submit(engine, new int[] {5, 6}, 1).await())
                    .hasMessageContaining("broken kernel");
            assertThat(submit(engine, new int[] {5, 6}, 1).await()).hasSize(40);
            assertThat(engine.metrics().usedBlocks()).isZero();
        }
    }

    /** A decoder that is told of each step before it is made. */
    private record Watched(StepDecoder decoder, Consumer<StepBatch> before) implements StepDecoder {
        @Override
        public ModelConfig config() {
            return decoder.config();
        }

        @Override
        public int blocks() {
            return decoder.blocks();
        }

        @Override
        public int liveArrays() {
            return decoder.liveArrays();
        }

        @Override
        public StepOutput step(StepBatch batch) {
            before.accept(batch);
            return decoder.step(batch);
        }

        @Override
        public void close() {
            decoder.close();
        }
    }
}
