package io.prefstream.model.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.model.DecoderModel;
import io.prefstream.model.DemoModel;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.PairEncoding;
import io.prefstream.model.tokenizer.CodeTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RewardScorerTest {
    private static final String PROMPT = "Sums the values.";

    /** One request and few tokens at a time: every bound is met all the time. */
    private static final ScorerOptions NARROW = new ScorerOptions(2, 200, 64, 0);

    @TempDir static Path folder;
    private static Path first;
    private static Path second;

    @BeforeAll
    static void writeModels() throws IOException {
        first = DemoModel.writeTo(folder.resolve("first"), 1).folder();
        second = DemoModel.writeTo(folder.resolve("second"), 2).folder();
    }

    @Test
    void scoresAreTheModelsWhoeverAsksBeside() throws Exception {
        float[] expected = expected(first, 40);
        for (ScorerOptions options : List.of(ScorerOptions.defaults(), NARROW)) {
            try (RewardScorer scorer = new RewardScorer(first, "1", options)) {
                ExecutorService callers = Executors.newFixedThreadPool(4);
                List<Future<CompletableFuture<Float>>> results = new ArrayList<>();
                for (int i = 0; i < 40; i++) {
                    int n = i;
                    results.add(callers.submit(() -> scorer.score(PROMPT, code(n))));
                }
                for (int i = 0; i < 40; i++) {
                    assertThat(results.get(i).get().get()).isCloseTo(expected[i], within(1e-5f));
                }
                callers.shutdown();
            }
        }
    }

    @Test
    void aReloadLosesNothingAndEachPairMeetsOneCheckpoint() throws Exception {
        float[] before = expected(first, 30);
        float[] after = expected(second, 30);
        try (RewardScorer scorer = new RewardScorer(first, "first", NARROW)) {
            List<CompletableFuture<PairScore>> scores = new ArrayList<>();
            for (int i = 0; i + 1 < 30; i++) {
                if (i == 15) {
                    scorer.reload(second, "second");
                }
                scores.add(scorer.scorePair(PROMPT, code(i), code(i + 1)));
            }
            for (int i = 0; i + 1 < 30; i++) {
                PairScore score = scores.get(i).get();
                float[] expected = score.checkpointId().equals("first") ? before : after;
                assertThat(score.chosen()).isCloseTo(expected[i], within(1e-5f));
                assertThat(score.rejected()).isCloseTo(expected[i + 1], within(1e-5f));
            }
            assertThat(scores.get(0).get().checkpointId()).isEqualTo("first");
            assertThat(scores.get(28).get().checkpointId()).isEqualTo("second");
        }
    }

    @Test
    void aCheckpointThatCannotBeReadLeavesTheCurrentOne() throws Exception {
        Path broken = folder.resolve("broken");
        DemoModel.writeTo(broken, 3);
        Files.write(broken.resolve(ModelBundle.WEIGHTS), new byte[20]);
        try (RewardScorer scorer = new RewardScorer(first, "first", NARROW)) {
            assertThatThrownBy(() -> scorer.reload(broken, "broken"))
                    .isInstanceOf(IOException.class);
            assertThat(scorer.scorePair(PROMPT, code(1), code(2)).get().checkpointId())
                    .isEqualTo("first");
        }
    }

    @Test
    void aTextOverTheBudgetFailsAlone() throws Exception {
        try (RewardScorer scorer = new RewardScorer(first, "1", ScorerOptions.defaults())) {
            CompletableFuture<Float> good = scorer.score(PROMPT, code(1));
            CompletableFuture<Float> bad = scorer.score(PROMPT, "x + y * z;\n".repeat(200));
            assertThat(good.get()).isFinite();
            assertThatThrownBy(bad::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(OverBudgetException.class)
                    .hasMessageContaining("max_position_embeddings=256");
        }
    }

    @Test
    void closingCompletesEveryRequest() throws Exception {
        RewardScorer scorer = new RewardScorer(first, "1", ScorerOptions.defaults());
        List<CompletableFuture<Float>> scores = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            scores.add(scorer.score(PROMPT, code(i % 20)));
        }
        scorer.close();
        scorer.close();
        for (CompletableFuture<Float> score : scores) {
            assertThat(score).isDone();
        }
        assertThatThrownBy(scorer.score(PROMPT, code(1))::join)
                .hasCauseInstanceOf(ScorerClosedException.class);
    }

    @Test
    void aCallerThatIsBlockedIsFreedByClosing() throws Exception {
        RewardScorer scorer = new RewardScorer(first, "1", new ScorerOptions(1, 1, 64, 0));
        ExecutorService callers = Executors.newFixedThreadPool(6);
        List<Future<CompletableFuture<Float>>> results = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int n = i;
            results.add(callers.submit(() -> scorer.score(PROMPT, code(n % 9))));
        }
        results.get(0).get().get();
        scorer.close();
        for (Future<CompletableFuture<Float>> result : results) {
            assertThat(result.get(20, TimeUnit.SECONDS)).isDone();
        }
        callers.shutdown();
    }

    @Test
    void usersOfOneNameShareOneScorerUntilTheLastLeaves() throws Exception {
        SharedScorer one = SharedScorer.acquire("m", first, "1", NARROW);
        SharedScorer two = SharedScorer.acquire("m", first, "1", NARROW);
        assertThat(two.scorer()).isSameAs(one.scorer());
        two.reload(second, "2");
        one.reload(second, "2");
        one.close();
        one.close();
        assertThat(two.scorer().scorePair(PROMPT, code(1), code(2)).get().checkpointId())
                .isEqualTo("2");
        two.close();
        assertThatThrownBy(two.scorer().score(PROMPT, code(1))::join)
                .hasCauseInstanceOf(ScorerClosedException.class);
        try (SharedScorer three = SharedScorer.acquire("m", first, "1", NARROW)) {
            assertThat(three.scorer()).isNotSameAs(one.scorer());
        }
    }

    @Test
    void theEngineComputesWithTheThreadsOfTheOptions() throws Exception {
        for (int threads : List.of(1, 2)) {
            ScorerOptions options = NARROW.withThreads(threads);
            try (RewardScorer scorer = new RewardScorer(first, "1", options)) {
                assertThat(scorer.score(PROMPT, code(1)).get()).isFinite();
            }
            // A thread that never computed has what the scorer set for all.
            assertThat(
                            CompletableFuture.supplyAsync(
                                    JniUtils::getNumThreads, task -> new Thread(task).start()))
                    .succeedsWithin(Duration.ofSeconds(20))
                    .isEqualTo(threads);
        }
    }

    @Test
    void boundsOutOfRangeAreNamed() {
        assertThatThrownBy(() -> new ScorerOptions(1, 0, 1, 0))
                .hasMessageContaining("max-queued-tokens=0");
        assertThatThrownBy(() -> NARROW.withThreads(-1))
                .hasMessage("threads=-1 must be at least 1, or 0 for the engine's own choice");
    }

    private static float[] expected(Path bundle, int count) throws IOException {
        ModelBundle opened = ModelBundle.open(bundle);
        float[] expected = new float[count];
        try (CodeTokenizer tokenizer = opened.tokenizer();
                DecoderModel model = opened.model()) {
            PairEncoding encoding = new PairEncoding(tokenizer, 0, 256);
            for (int i = 0; i < count; i++) {
                expected[i] = model.rewards(List.of(encoding.encode(PROMPT, code(i))))[0];
            }
        }
        return expected;
    }

    private static String code(int n) {
        return "int sum"
                + n
                + "(int[] values) {\n"
                + "    total += values[i];\n".repeat(n % 7)
                + "    return total;\n}";
    }
}
