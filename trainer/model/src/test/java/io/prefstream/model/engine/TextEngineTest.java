package io.prefstream.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.FinishReason;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.Sampling;
import io.prefstream.model.DecoderModel;
import io.prefstream.model.EncodedText;
import io.prefstream.model.Golden;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.PairEncoding;
import io.prefstream.model.TokenIds;
import io.prefstream.model.tokenizer.BpeTrainer;
import io.prefstream.model.tokenizer.CodeTokenizer;
import io.prefstream.model.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextEngineTest {
    private static final Sampling WILD = Sampling.temperature(1.5);
    private static final int VOCABULARY = 300;

    @TempDir static Path folder;
    private static TextEngine engine;

    @BeforeAll
    static void load() throws IOException {
        engine = new TextEngine(write(folder.resolve("a"), 1), "tiny@1", options());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void whatIsToldPieceByPieceIsTheWholeText() throws Exception {
        for (int seed = 0; seed < 30; seed++) {
            StringBuilder told = new StringBuilder();
            List<String> pieces = new ArrayList<>();
            GenerationRequest request = GenerationRequest.of("ab", WILD, 60, seed);
            Generation generation =
                    get(
                            engine.generate(
                                    request,
                                    piece -> {
                                        told.append(piece);
                                        pieces.add(piece);
                                    }));
            assertThat(told.toString()).isEqualTo(generation.text());
            for (String piece : pieces.subList(0, Math.max(0, pieces.size() - 1))) {
                assertThat(piece).doesNotEndWith("\ufffd");
            }
            assertThat(generation.model()).isEqualTo("tiny@1");
            assertThat(generation.meanLogProbability()).isNegative();
        }
    }

    @Test
    void aTextEndsBeforeItsStopString() throws Exception {
        GenerationRequest request = GenerationRequest.of("class", WILD, 60, 0);
        Generation whole = get(engine.generate(request));
        for (int seed = 1; whole.text().length() <= 12; seed++) {
            request = GenerationRequest.of("class", WILD, 60, seed);
            whole = get(engine.generate(request));
        }
        String stop = whole.text().substring(8, 11);
        StringBuilder told = new StringBuilder();
        Generation cut =
                get(engine.generate(request.withStop(List.of("nowhere", stop)), told::append));
        assertThat(cut.text())
                .isEqualTo(whole.text().substring(0, whole.text().indexOf(stop)))
                .isEqualTo(told.toString());
        assertThat(cut.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(cut.completionTokens()).isLessThan(whole.completionTokens());
    }

    @Test
    void scoresAreThoseOfTheTrainersModel() throws Exception {
        Path bundle = folder.resolve("a");
        ModelBundle opened = ModelBundle.open(bundle);
        try (DecoderModel model = opened.model();
                CodeTokenizer tokenizer = opened.tokenizer()) {
            PairEncoding encoding = new PairEncoding(tokenizer, 0, 128);
            EncodedText text = encoding.encode("int a", "return b + c;");
            int[] before = new int[text.length() - text.promptTokens()];
            for (int i = 0; i < before.length; i++) {
                before[i] = text.promptTokens() + i - 1;
            }
            float[] logits = model.lmLogits(text.ids(), before);
            int vocab = model.config().vocabSize();
            double expected = 0;
            for (int i = 0; i < before.length; i++) {
                double sum = 0;
                for (int token = 0; token < vocab; token++) {
                    sum += Math.exp(logits[i * vocab + token]);
                }
                expected += logits[i * vocab + text.ids()[before[i] + 1]] - Math.log(sum);
            }
            TextScore score = engine.score("int a", "return b + c;").get(20, TimeUnit.SECONDS);
            assertThat(score.logLikelihood()).isCloseTo(expected, within(1e-3));
            assertThat(score.reward()).isCloseTo(model.rewards(List.of(text))[0], within(1e-3f));
            assertThat(score.responseTokens()).isEqualTo(before.length);
            // Again, with the prompt's blocks known already.
            assertThat(engine.score("int a", "return b + c;").get(20, TimeUnit.SECONDS))
                    .isEqualTo(score);
        }
    }

    @Test
    void aPromptBeginsWithTheBeginningOfSequenceOnce() throws Exception {
        Path begun = write(folder.resolve("bos"), 1);
        Files.writeString(
                begun.resolve(ModelBundle.TOKENIZER_CONFIG),
                "{\"add_bos_token\": true, \"bos_token\": \"<|pad|>\"}");
        GenerationRequest plain = GenerationRequest.of("ab", Sampling.GREEDY, 8, 1);
        GenerationRequest marked = GenerationRequest.of("<|pad|>ab", Sampling.GREEDY, 8, 1);
        try (TextEngine other = new TextEngine(begun, "tiny@1", options())) {
            Generation added = get(other.generate(plain));
            Generation brought = get(other.generate(marked));
            assertThat(added).isEqualTo(brought).isEqualTo(get(engine.generate(marked)));
            assertThat(added.promptTokens())
                    .isEqualTo(get(engine.generate(plain)).promptTokens() + 1);
            assertThat(other.score("ab", "c").get(20, TimeUnit.SECONDS).tokens())
                    .isEqualTo(engine.score("ab", "c").get(20, TimeUnit.SECONDS).tokens() + 1);
        }
    }

    @Test
    void cancelledAndLateRequestsFailAndFreeTheirBlocks() throws Exception {
        GenerationRequest request = GenerationRequest.of("void", WILD, 100, 5);
        CompletableFuture<Generation> cancelled = engine.generate(request);
        cancelled.cancel(false);
        assertThatThrownBy(() -> get(cancelled)).isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> get(engine.generate(request.withDeadline(Duration.ZERO))))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TimeoutException.class);
        assertThat(get(engine.generate(request)).text()).isNotEmpty();
        assertThat(engine.metrics().usedBlocks()).isZero();
    }

    @Test
    void whatDoesNotFitIsRefusedWithItsSize() {
        assertThatThrownBy(
                        () ->
                                get(
                                        engine.generate(
                                                GenerationRequest.of(
                                                        "x ".repeat(300), WILD, 1, 1))))
                .hasCauseInstanceOf(GenerationException.class)
                .hasMessageContaining("leaves no room in the context of 128");
        Prompt chat = new Prompt.Chat(List.of(new ChatMessage("user", "hi")));
        GenerationRequest request =
                new GenerationRequest(
                        chat, WILD, 5, List.of(), 1, Optional.empty(), Optional.empty(), "");
        assertThatThrownBy(() -> get(engine.generate(request)))
                .hasMessageContaining("the model has no chat template");
    }

    @Test
    void anAnswerStopsAtTheContext() throws Exception {
        Generation generation =
                get(engine.generate(GenerationRequest.of("int x", Sampling.GREEDY, 5_000, 1)));
        assertThat(generation.promptTokens() + generation.completionTokens())
                .isLessThanOrEqualTo(128);
    }

    @Test
    void alternativesAreSortedAndHoldTheChosenToken() throws Exception {
        GenerationRequest request =
                new GenerationRequest(
                        new Prompt.Text("if ("),
                        Sampling.GREEDY,
                        10,
                        List.of(),
                        1,
                        Optional.of(5),
                        Optional.empty(),
                        "");
        for (Generation.TokenLogProbability token : get(engine.generate(request)).tokens()) {
            assertThat(token.top()).hasSize(5);
            assertThat(token.top().get(0).token()).isEqualTo(token.token());
            assertThat(token.top().get(0).logProbability())
                    .isCloseTo(token.logProbability(), within(1e-5));
            assertThat(token.top().get(4).logProbability())
                    .isLessThanOrEqualTo(token.logProbability());
        }
    }

    @Test
    void aSwapDropsNobodyAndNoTextIsOfTwoModels() throws Exception {
        Path other = write(folder.resolve("b"), 2);
        GenerationRequest request = GenerationRequest.of("for", WILD, 40, 9);
        String first;
        String second;
        try (TextEngine one = new TextEngine(folder.resolve("a"), "a", options());
                TextEngine two = new TextEngine(other, "b", options())) {
            first = get(one.generate(request)).text();
            second = get(two.generate(request)).text();
            List<CompletableFuture<Generation>> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                all.add(one.generate(request));
                if (i == 20) {
                    one.reload(other, "b");
                }
            }
            for (CompletableFuture<Generation> future : all) {
                Generation generation = get(future);
                assertThat(generation.text())
                        .isEqualTo(generation.model().equals("a") ? first : second);
            }
            assertThat(get(all.get(39)).model()).isEqualTo("b");
            assertThat(first).isNotEqualTo(second);
        }
    }

    @Test
    void aSwapNeedsNoFileOfTheOldFolderAndTakesAllOfTheNewOne() throws Exception {
        Path old = write(folder.resolve("old"), 3);
        Path next = write(folder.resolve("next"), 4);
        Files.writeString(
                next.resolve("chat_template.jinja"), "{{ messages[0].content }} answered:");
        Files.writeString(next.resolve("generation_config.json"), everyTokenEnds());
        Prompt chat = new Prompt.Chat(List.of(new ChatMessage("user", "hi")));
        GenerationRequest request =
                new GenerationRequest(
                        chat, WILD, 5, List.of(), 1, Optional.empty(), Optional.empty(), "");
        try (TextEngine one = new TextEngine(old, "old", options())) {
            Files.delete(old.resolve(ModelBundle.TOKENIZER));
            assertThatThrownBy(() -> get(one.generate(request)))
                    .hasMessageContaining("no chat template");
            one.reload(next, "next");
            Generation answer = get(one.generate(request));
            assertThat(answer.model()).isEqualTo("next");
            assertThat(answer.promptTokens()).isGreaterThan(2);
            assertThat(answer.text()).isEmpty();
            assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
        }
    }

    private static String everyTokenEnds() {
        return IntStream.range(0, VOCABULARY)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", ", "{\"eos_token_id\": [", "]}"));
    }

    @Test
    void aSwapToAModelWithoutSomeOfTheTokensIsRefused() throws Exception {
        Path small = write(folder.resolve("small"), 5, 200, 1);
        try (TextEngine one = new TextEngine(folder.resolve("a"), "a", options())) {
            assertThatThrownBy(() -> one.reload(small, "small"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("an embedding of vocab_size=200");
            assertThat(one.model()).isEqualTo("a");
            assertThat(get(one.generate(GenerationRequest.of("x", WILD, 9, 1))).model())
                    .isEqualTo("a");
        }
    }

    /** The tokenizer is the same; the file beside it says what prompts begin with. */
    @Test
    void aSwapToAModelWhosePromptsBeginOtherwiseIsRefused() throws Exception {
        Path other = write(folder.resolve("begins"), 4);
        Files.writeString(
                other.resolve(ModelBundle.TOKENIZER_CONFIG),
                "{\"add_bos_token\": true, \"bos_token\": \"<|end|>\"}");
        try (TextEngine one = new TextEngine(folder.resolve("a"), "a", options())) {
            assertThatThrownBy(() -> one.reload(other, "begins"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("begins prompts otherwise, by its tokenizer_config.json");
            assertThat(one.model()).isEqualTo("a");
        }
    }

    /** Its last norm takes every number over the largest float. */
    @Test
    void textsOfAModelWhoseNumbersAreNotFiniteFailInOneLine() throws Exception {
        Path wild = write(folder.resolve("wild"), 6, VOCABULARY, 3e38f);
        try (TextEngine one = new TextEngine(wild, "wild", options())) {
            for (Sampling sampling :
                    List.of(Sampling.GREEDY, WILD, new Sampling(1, 0.9, 5, 0, 1))) {
                assertThatThrownBy(
                                () -> get(one.generate(GenerationRequest.of("x", sampling, 9, 1))))
                        .hasCauseInstanceOf(GenerationException.class)
                        .hasMessageContaining(
                                "wild gives numbers that are not finite after 1 tokens");
            }
            assertThatThrownBy(() -> one.score("x", "y").get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(GenerationException.class)
                    .hasMessageContaining("wild gives numbers that are not finite");
            assertThat(one.metrics().usedBlocks()).isZero();
            assertThat(one.metrics().failed()).isEqualTo(4);
            assertThat(one.outOfService()).isEmpty();
        }
    }

    /** A division by less would give infinite numbers. */
    @Test
    void aTinyTemperatureTakesTheMostLikelyToken() throws Exception {
        Generation greedy =
                get(engine.generate(GenerationRequest.of("for", Sampling.GREEDY, 20, 1)));
        for (double temperature : new double[] {Double.MIN_VALUE, 1e-40, 1e-9, 1e-5}) {
            Sampling tiny = new Sampling(temperature, 0.9, 0, 0, 1);
            assertThat(get(engine.generate(GenerationRequest.of("for", tiny, 20, 1))))
                    .isEqualTo(greedy);
        }
    }

    @Test
    void aScoreTakesTurnsWithItsClientAndHasADeadline() throws Exception {
        ScoreRequest late = new ScoreRequest("a", "b", "me", Optional.of(Duration.ZERO));
        assertThatThrownBy(() -> engine.score(late).get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(TimeoutException.class);
        ScoreRequest early = new ScoreRequest("a", "b", "me", Optional.of(Duration.ofSeconds(30)));
        assertThat(engine.score(early).get(20, TimeUnit.SECONDS))
                .isEqualTo(engine.score("a", "b").get(20, TimeUnit.SECONDS));
    }

    /** One text runs at a time: those of the second client's come before the first one's last. */
    @Test
    void scoresOfClientsComeInTurn() throws Exception {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<?>> all = new ArrayList<>();
        EngineOptions single = options().withLimits(1, 64, 1L << 20).withThreads(1);
        try (TextEngine one = new TextEngine(folder.resolve("a"), "a", single)) {
            all.add(one.generate(GenerationRequest.of("x", WILD, 100, 1)));
            for (String client : List.of("flood", "modest")) {
                int texts = client.equals("flood") ? 200 : 2;
                for (int i = 0; i < texts; i++) {
                    ScoreRequest request =
                            new ScoreRequest("int a" + i, "return;", client, Optional.empty());
                    all.add(one.score(request).thenRun(() -> order.add(client)));
                }
            }
            for (CompletableFuture<?> score : all) {
                score.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(order.lastIndexOf("modest")).isLessThan(order.size() - 50);
    }

    @Test
    void whoGivesAPairUpGivesBothScoresUp() throws Exception {
        List<CompletableFuture<Generation>> before = new ArrayList<>();
        EngineOptions single = options().withLimits(1, 64, 1L << 20).withThreads(1);
        try (TextEngine one = new TextEngine(folder.resolve("a"), "a", single)) {
            for (int i = 0; i < 20; i++) {
                before.add(one.generate(GenerationRequest.of("x", WILD, 100, i)));
            }
            CompletableFuture<PairScore> pair = one.scorePair("a", "b", "c");
            assertThat(pair.cancel(false)).isTrue();
            for (CompletableFuture<Generation> text : before) {
                get(text);
            }
            assertThat(one.metrics().failed()).isEqualTo(2);
            assertThat(one.metrics().completed()).isEqualTo(20);
        }
    }

    /** Only the last piece may end within a character. */
    @Test
    void aListenerThatFailsAtTheLastPieceFailsItsText() throws Exception {
        int failed = 0;
        for (int seed = 0; seed < 30; seed++) {
            CompletableFuture<Generation> text =
                    engine.generate(
                            GenerationRequest.of("ab", WILD, 60, seed),
                            piece -> {
                                if (piece.endsWith("�")) {
                                    throw new IllegalStateException("full");
                                }
                            });
            try {
                get(text);
            } catch (ExecutionException e) {
                assertThat(e).hasRootCauseMessage("full");
                failed++;
            }
        }
        assertThat(failed).isPositive();
    }

    private static Generation get(CompletableFuture<Generation> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static EngineOptions options() {
        return Golden.engineOptions().withLimits(8, 64, 1L << 20);
    }

    private static Path write(Path folder, long seed) throws IOException {
        return write(folder, seed, VOCABULARY, 1);
    }

    /**
     * @param vocabulary tokens that the model has; the tokenizer always has the same
     * @param scale of the last norm
     */
    private static Path write(Path folder, long seed, int vocabulary, float scale)
            throws IOException {
        Files.createDirectories(folder);
        BpeTrainer trainer = new BpeTrainer();
        trainer.add("public static void main(String[] args) { return a + b; } größer 漢字 😀 ");
        trainer.train(VOCABULARY, List.of("<|end|>", "<|pad|>"))
                .write(folder.resolve(ModelBundle.TOKENIZER));
        ModelConfig config =
                ModelConfig.qwen2(
                        vocabulary, 16, 32, 2, 4, 2, 128, true, TokenIds.of(0, 0, 1), 0.4);
        Files.writeString(folder.resolve(ModelBundle.CONFIG), config.toJson());
        try (DecoderModel model = DecoderModel.initialize(config, seed)) {
            if (scale != 1) {
                model.parameters().get(ModelConfig.FINAL_NORM).muli(scale);
            }
            model.save(folder.resolve(ModelBundle.WEIGHTS), SafeTensors.Type.F32);
        }
        return folder;
    }
}
