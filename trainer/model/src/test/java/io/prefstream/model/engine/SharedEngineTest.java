package io.prefstream.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.model.DecoderModel;
import io.prefstream.model.DemoModel;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.PairEncoding;
import io.prefstream.model.kernels.EngineKernels.Weights;
import io.prefstream.model.tokenizer.CodeTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedEngineTest {
    private static final EngineOptions OPTIONS =
            EngineOptions.defaults().withLimits(8, 64, 4L << 20);

    private static final String PROMPT = "Sums the values.";
    private static final int TEXTS = 30;

    @TempDir static Path folder;
    private static Path first;
    private static Path second;

    @BeforeAll
    static void writeModels() throws IOException {
        first = DemoModel.writeTo(folder.resolve("first"), 1).folder();
        second = DemoModel.writeTo(folder.resolve("second"), 2).folder();
    }

    @Test
    void usersOfOneNameShareOneEngineUntilTheLastLeaves() throws Exception {
        SharedEngine one = SharedEngine.acquire("m", first, "1", OPTIONS);
        SharedEngine two = SharedEngine.acquire("m", first, "1", OPTIONS);
        assertThat(two.engine()).isSameAs(one.engine());
        two.reload(second, "2");
        one.reload(second, "2");
        one.close();
        one.close();
        assertThat(two.engine().score("a", "b").get().model()).isEqualTo("2");
        two.close();
        assertThatThrownBy(() -> two.engine().score("a", "b").get())
                .hasMessageContaining("the engine is closed");
        try (SharedEngine three = SharedEngine.acquire("m", first, "1", OPTIONS)) {
            assertThat(three.engine()).isNotSameAs(one.engine());
        }
    }

    @Test
    void anEngineOfAFolderIsFoundByItsPlaceAndCalledByItsWeights() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), first);
        try (SharedEngine one = SharedEngine.acquire(first, OPTIONS);
                SharedEngine two = SharedEngine.acquire(link, OPTIONS);
                SharedEngine other = SharedEngine.acquire(second, OPTIONS)) {
            assertThat(two.engine()).isSameAs(one.engine());
            assertThat(one.model()).matches("first@[0-9a-f]{12}");
            assertThat(other.model().split("@")[1]).isNotEqualTo(one.model().split("@")[1]);
        }
    }

    @Test
    void usersWithOtherOptionsHaveAnEngineOfTheirOwn() throws Exception {
        EngineOptions exact = OPTIONS.withWeights(Weights.FLOAT32);
        try (SharedEngine one = SharedEngine.acquire(first, OPTIONS);
                SharedEngine two = SharedEngine.acquire(first, exact);
                SharedEngine three = SharedEngine.acquire(first, exact);
                SharedEngine named = SharedEngine.acquire("m", first, "1", OPTIONS);
                SharedEngine namedExact = SharedEngine.acquire("m", first, "1", exact)) {
            assertThat(two.engine()).isNotSameAs(one.engine()).isSameAs(three.engine());
            assertThat(namedExact.engine()).isNotSameAs(named.engine());
        }
    }

    @Test
    void aCheckpointThatCannotBeReadLeavesTheCurrentOne() throws Exception {
        Path broken = DemoModel.writeTo(folder.resolve("broken"), 3).folder();
        Files.write(broken.resolve(ModelBundle.WEIGHTS), new byte[20]);
        try (SharedEngine shared = SharedEngine.acquire("b", first, "first", OPTIONS)) {
            assertThatThrownBy(() -> shared.reload(broken, "broken"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("model.safetensors");
            assertThat(shared.engine().score("a", "b").get().model()).isEqualTo("first");
        }
    }

    @Test
    void aReloadLosesNoPairAndEachMeetsOneCheckpoint() throws Exception {
        float[] before = rewards(first);
        float[] after = rewards(second);
        EngineOptions narrow = EngineOptions.forScores().withLimits(3, 200, 4L << 20);
        try (TextEngine engine = new TextEngine(first, "first", narrow)) {
            List<CompletableFuture<PairScore>> scores = new ArrayList<>();
            for (int i = 0; i + 1 < TEXTS; i++) {
                if (i == TEXTS / 2) {
                    engine.reload(second, "second");
                }
                scores.add(engine.scorePair(PROMPT, code(i), code(i + 1)));
            }
            for (int i = 0; i + 1 < TEXTS; i++) {
                PairScore score = scores.get(i).get(30, TimeUnit.SECONDS);
                float[] expected = score.model().equals("first") ? before : after;
                assertThat(score.chosen()).isCloseTo(expected[i], within(1e-5f));
                assertThat(score.rejected()).isCloseTo(expected[i + 1], within(1e-5f));
            }
            assertThat(scores.get(TEXTS - 2).get().model()).isEqualTo("second");
        }
    }

    @Test
    void closingEndsEveryRequest() throws Exception {
        TextEngine engine = new TextEngine(first, "1", EngineOptions.forScores());
        List<CompletableFuture<TextScore>> scores = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            scores.add(engine.score(PROMPT, code(i % TEXTS)));
        }
        engine.close();
        engine.close();
        assertThat(scores).allMatch(CompletableFuture::isDone);
        assertThat(engine.score(PROMPT, code(1))).isCompletedExceptionally();
    }

    @Test
    void productsOfALargeModelAndStepsOfASmallOneTakeTheThreadsOfTheOptions() throws Exception {
        EngineOptions options = EngineOptions.forScores().withThreads(3);
        assertThat(options.productThreads(500_000_000)).isEqualTo(3);
        assertThat(options.shares(500_000_000)).isEqualTo(1);
        assertThat(options.productThreads(4_000_000)).isEqualTo(1);
        assertThat(options.shares(4_000_000)).isEqualTo(3);
        try (TextEngine engine = new TextEngine(first, "1", options)) {
            assertThat(engine.score(PROMPT, code(1)).get().reward()).isFinite();
        }
        // A thread that never computed has what the engine set for all.
        assertThat(
                        CompletableFuture.supplyAsync(
                                JniUtils::getNumThreads, task -> new Thread(task).start()))
                .succeedsWithin(Duration.ofSeconds(20))
                .isEqualTo(1);
    }

    /** By the trainer's model, one text at a time. */
    private static float[] rewards(Path folder) throws IOException {
        ModelBundle bundle = ModelBundle.open(folder);
        float[] rewards = new float[TEXTS];
        try (CodeTokenizer tokenizer = bundle.tokenizer();
                DecoderModel model = bundle.model()) {
            PairEncoding encoding = new PairEncoding(tokenizer, 0, 256);
            for (int i = 0; i < TEXTS; i++) {
                rewards[i] = model.rewards(List.of(encoding.encode(PROMPT, code(i))))[0];
            }
        }
        return rewards;
    }

    private static String code(int n) {
        return "int sum"
                + n
                + "(int[] values) {\n"
                + "    total += values[i];\n".repeat(n % 7)
                + "    return total;\n}";
    }

    @Test
    void aGpuThatIsNotThereIsNamedBeforeAnythingIsLoaded() {
        assertThatThrownBy(() -> SharedEngine.acquire("g", first, "1", EngineOptions.of("cuda:99")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("device=cuda:99")
                .hasMessageContaining("GPUs");
        assertThatThrownBy(() -> EngineOptions.of("tpu")).hasMessageContaining("device=tpu");
        assertThatThrownBy(() -> EngineOptions.of("cuda").withWeights(Weights.FLOAT16))
                .hasMessageContaining("weights=FLOAT16 is for processors");
    }
}
