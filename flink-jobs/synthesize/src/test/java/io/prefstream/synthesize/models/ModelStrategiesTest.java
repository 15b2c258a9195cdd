package io.prefstream.synthesize.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.Sampling;
import io.prefstream.generation.reliable.ReliableSettings;
import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.generators.GapMonitor;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.GeneratorSpec;
import io.prefstream.jobs.generators.PromptStyle;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.release.AnswerScorer;
import io.prefstream.jobs.generators.release.CheckpointUnusableException;
import io.prefstream.jobs.generators.release.FolderScorer;
import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.jobs.generators.release.Rewards;
import io.prefstream.jobs.generators.testing.AnsweringModel;
import io.prefstream.model.DemoModel;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.SnippetKind;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.SynthesizeReason;
import io.prefstream.synthesize.models.Describer.Criterion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ModelStrategiesTest {
    private static final CodeSnippet SUM =
            snippet("java", "int sum(int a, int b)", "Adds both.", " { return a + b; }");
    private static final ReleaseModel RELEASE =
            new ReleaseModel("release-1", "file:///models/1", 10, Instant.EPOCH, List.of());
    private static final Describer.Settings FROM_COMMENTS =
            new Describer.Settings(Describer.Source.DOC_COMMENT, List.of(), 240, 1_024);

    @RegisterExtension private final ScriptedModels models = new ScriptedModels();

    @Test
    void chosenIsTheStrongModelsAnswerAndRejectedTheWeakOnes() throws IOException {
        GeneratorPool pool =
                models.pool(
                        models.code(
                                "s",
                                Role.STRONG,
                                request -> whole("strong@1", "\n        return a + b;")),
                        models.code(
                                "w", Role.WEAK, request -> whole("weak@2", "\n        return a;")));

        CandidatePair pair = pair(new ModelGap(FROM_COMMENTS, pool, pool.gap()), SUM);

        assertThat(models.asked().get(0).prompt())
                .isEqualTo(
                        new Prompt.Text(
                                "    /**\n"
                                        + "     * Adds both.\n"
                                        + "     */\n"
                                        + "    int sum(int a, int b) {"));
        assertThat(models.asked().get(0).stop()).containsExactly("\n    }");
        assertThat(pair.getInstruction()).isEqualTo("Adds both.\nint sum(int a, int b)");
        assertThat(pair.getInstructionSource()).isEqualTo("doc-comment");
        assertThat(pair.getChosen().getText())
                .isEqualTo("int sum(int a, int b) {\n    return a + b;\n}");
        assertThat(pair.getRejected().getText())
                .isEqualTo("int sum(int a, int b) {\n    return a;\n}");
        assertThat(pair.getChosen().getGenerator()).isEqualTo("strong");
        assertThat(pair.getChosen().getModelRevision()).isEqualTo("1");
        assertThat(pair.getChosen().getFinishReason()).isEqualTo(FinishReason.STOP);
        assertThat(pair.getChosen().getSampling().getTemperature()).isEqualTo(0.7);
        assertThat(pair.getChosen().getSeed()).isNotEqualTo(pair.getRejected().getSeed());
        assertThat(pair.getStrategy()).isEqualTo("model-gap");
        assertThat(pair(new ModelGap(FROM_COMMENTS, pool, pool.gap()), SUM)).isEqualTo(pair);
    }

    @Test
    void aConversationsAnswerIsTheCodeBetweenItsFences() throws IOException {
        GeneratorPool pool =
                models.pool(
                        models.chat(
                                "s",
                                Role.STRONG,
                                request ->
                                        whole(
                                                "s",
                                                "Sure:\n"
                                                        + "```python\n"
                                                        + "def f():\n"
                                                        + "    return 1\n"
                                                        + "```\n"
                                                        + "Done.")),
                        models.chat("w", Role.WEAK, request -> whole("w", "def f():\n    pass\n")));

        CandidatePair pair =
                pair(
                        new ModelGap(FROM_COMMENTS, pool, pool.gap()),
                        snippet("python", "def f()", null, ":\n    return 1"));

        assertThat(pair.getChosen().getText()).isEqualTo("def f():\n    return 1");
        assertThat(pair.getRejected().getText()).isEqualTo("def f():\n    pass");
        assertThat(pair.getChosen().getModelRevision()).isNull();
        assertThat(pair.getInstructionSource()).isEqualTo("signature");
    }

    @Test
    void publishedCodeStandsAgainstAWeakModels() throws IOException {
        GeneratorPool pool =
                models.pool(
                        models.code(
                                "w", Role.WEAK, request -> whole("weak@2", "\n        return a;")));

        CandidatePair pair = pair(new SourceVsModel(FROM_COMMENTS, pool), SUM);

        assertThat(pair.getChosen().getText()).isEqualTo(SUM.getText());
        assertThat(pair.getChosen().getGenerator()).isEqualTo("published");
        assertThat(pair.getChosen().getFinishReason()).isEqualTo(FinishReason.PUBLISHED);
        assertThat(pair.getRejected().getGenerator()).isEqualTo("weak");
        assertThat(pair.getStrategy()).isEqualTo("source-vs-model");
    }

    @Test
    void aCriticsBetterCodeStandsAgainstTheFirst() throws IOException {
        GeneratorPool pool =
                models.pool(
                        models.chat(
                                "w", Role.WEAK, request -> whole("w", "int sum(int a, int b) { }")),
                        models.chat(
                                "c",
                                Role.CRITIC,
                                request ->
                                        whole(
                                                "c",
                                                "```java\n"
                                                        + "int sum(int a, int b) { return a + b;"
                                                        + " }\n"
                                                        + "```")));

        CandidatePair pair = pair(new Critic(FROM_COMMENTS, pool), SUM);

        assertThat(((Prompt.Chat) models.asked().get(1).prompt()).messages().get(0).content())
                .contains("Adds both.", "```\nint sum(int a, int b) { }\n```");
        assertThat(pair.getChosen().getText()).isEqualTo("int sum(int a, int b) { return a + b; }");
        assertThat(pair.getChosen().getGenerator()).isEqualTo("c");
        assertThat(pair.getRejected().getText()).isEqualTo("int sum(int a, int b) { }");
        assertThat(pair.getStrategy()).isEqualTo("critic");
    }

    @Test
    void whatACriticLeavesMakesNoPair() throws IOException {
        String code = "int sum(int a, int b) { return a + b; }";
        for (String judgement : List.of("GOOD", "GOOD.", code)) {
            GeneratorPool pool =
                    models.pool(
                            models.chat("w", Role.WEAK, request -> whole("w", code)),
                            models.chat("c", Role.CRITIC, request -> whole("c", judgement)));

            assertThat(attempt(new Critic(FROM_COMMENTS, pool), SUM))
                    .isEqualTo(
                            new NoCandidate(
                                    SynthesizeReason.LEFT_AS_IT_IS,
                                    "generator c leaves the answer of generator w as it is"));
        }
    }

    @Test
    void theBestOfSeveralSamplesStandsAgainstTheWorst() throws IOException {
        AtomicInteger count = new AtomicInteger();
        GeneratorPool pool =
                models.pool(
                        models.code(
                                "s",
                                Role.SAMPLER,
                                request ->
                                        whole(
                                                "s@1",
                                                " return "
                                                        + "a".repeat(count.incrementAndGet())
                                                        + ";")));

        CandidatePair pair = pair(contrast(pool, 4, 2.5), SUM);

        assertThat(models.asked())
                .extracting(GenerationRequest::seed)
                .doesNotHaveDuplicates()
                .hasSize(4);
        assertThat(pair.getChosen().getText()).contains("aaaa;");
        assertThat(pair.getRejected().getText()).contains(" a;");
        assertThat(pair.getChosen().getSeed()).isNotEqualTo(pair.getRejected().getSeed());
        assertThat(pair.getStrategy()).isEqualTo("self-contrast");
        assertThat(pair.getPreferredBy()).isEqualTo("release-1");
        count.set(0);
        assertThat(attempt(contrast(pool, 4, 3.5), SUM))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.SAMPLES_ALIKE,
                                "the rewards of best and worst of 4 samples differ by 3.0, which is"
                                        + " below synthesize.self-contrast.min-margin=3.5"));
    }

    @Test
    void nobodyIsAskedWhereThereIsNoPreferenceModel() throws IOException {
        GeneratorPool pool =
                models.pool(models.code("s", Role.SAMPLER, request -> whole("s", " return a;")));
        SelfContrast strategy = contrast(pool, 4, 0);

        assertThat(strategy.attempt(SUM, null, 1, new RetryBudget(3, 0)).join())
                .isEqualTo(new NoCandidate(SynthesizeReason.NO_PREFERENCE_MODEL, "none yet"));
        assertThat(models.asked()).isEmpty();
    }

    @Test
    void samplesThatAreCutOrEqualAreNotTold() throws IOException {
        AtomicInteger count = new AtomicInteger();
        GeneratorPool pool =
                models.pool(
                        models.code(
                                "s",
                                Role.SAMPLER,
                                request ->
                                        count.incrementAndGet() % 2 == 0
                                                ? AnsweringModel.cut("s", " return aaa")
                                                : whole("s", " return a;")));

        assertThat(attempt(contrast(pool, 4, 0), SUM))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.SAMPLES_ALIKE,
                                "of 4 samples only 1 have an end and differ"));
    }

    @Test
    void aPreferenceModelOfAFolderGivesRewards(@TempDir Path folder) throws Exception {
        Path model = DemoModel.writeTo(folder.resolve("model"), 1).folder();
        try (AnswerScorer scorer =
                        FolderScorer.factory(model.toString(), EngineOptions.forScores()).open();
                TextEngine engine = new TextEngine(model, "1", EngineOptions.forScores())) {
            Rewards rewards =
                    scorer.rewards(null, "int f()", List.of("int f() { return 1; }")).join();
            assertThat(rewards.values().get(0))
                    .isEqualTo(engine.score("int f()", "int f() { return 1; }").join().reward())
                    .isNotNaN();
            assertThat(rewards.model()).startsWith("model@");
        }
    }

    @Test
    void whatGivesNoPairSaysWhy() throws IOException {
        GeneratorPool cut =
                models.pool(
                        models.code(
                                "s", Role.STRONG, request -> AnsweringModel.cut("s", "\n  if (a")),
                        models.code("w", Role.WEAK, request -> whole("w", " ok();")));
        assertThat(attempt(new ModelGap(FROM_COMMENTS, cut, cut.gap()), SUM))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.ANSWER_CUT,
                                "the answer of generator s has no end within its max-answer=64"));

        GeneratorPool failing =
                models.pool(
                        models.code("s", Role.STRONG, request -> whole("s", " ok();")),
                        models.code(
                                "w",
                                Role.WEAK,
                                request -> {
                                    throw new GenerationException("a prompt of 900 tokens");
                                }));
        assertThat(attempt(new ModelGap(FROM_COMMENTS, failing, failing.gap()), SUM))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.GENERATION_FAILED, "a prompt of 900 tokens"));
    }

    @Test
    void aDefectIsNoRejection() throws IOException {
        GeneratorPool pool =
                models.pool(
                        models.code(
                                "w",
                                Role.WEAK,
                                request -> {
                                    throw new IllegalStateException("a defect");
                                }));
        assertThatThrownBy(() -> attempt(new SourceVsModel(FROM_COMMENTS, pool), SUM))
                .hasCause(new IllegalStateException("a defect"));
    }

    @Test
    void functionsInALanguageThatAllSpeakSuit() throws IOException {
        GeneratorPool mixed =
                models.pool(
                        models.chat("s", Role.STRONG, request -> whole("s", "")),
                        models.code("w", Role.WEAK, request -> whole("w", "")));
        ModelGap gap = new ModelGap(FROM_COMMENTS, mixed, mixed.gap());
        assertThat(gap.suits(SUM)).isTrue();
        assertThat(gap.suits(snippet("python", "def f()", null, ":"))).isFalse();
        assertThat(gap.suits(CodeSnippet.newBuilder(SUM).setKind(SnippetKind.CLASS).build()))
                .isFalse();
        assertThat(gap.suits(CodeSnippet.newBuilder(SUM).setLanguage("kotlin").build())).isFalse();
    }

    @Test
    void aModelDescribesWhereItIsAsked() throws IOException {
        GeneratorPool pool =
                models.pool(
                        models.chat(
                                "d",
                                Role.DESCRIBER,
                                request -> whole("reader@7", "Adds  two\nnumbers.")),
                        models.code("w", Role.WEAK, request -> whole("w", " return a;")));
        CodeSnippet silent = CodeSnippet.newBuilder(SUM).setDocComment(null).build();

        CandidatePair always = pair(new SourceVsModel(from(Describer.Source.MODEL), pool), SUM);
        assertThat(always.getInstruction()).isEqualTo("Adds two numbers.\nint sum(int a, int b)");
        assertThat(always.getInstructionSource()).isEqualTo("reader");
        assertThat(((Prompt.Chat) models.asked().get(0).prompt()).messages().get(0).content())
                .contains(SUM.getText());

        SourceVsModel where = new SourceVsModel(from(Describer.Source.DOC_COMMENT_OR_MODEL), pool);
        assertThat(pair(where, SUM).getInstructionSource()).isEqualTo("doc-comment");
        assertThat(pair(where, silent).getInstructionSource()).isEqualTo("reader");
    }

    @Test
    void eachInstructionAsksForOneCriterion() throws IOException {
        GeneratorPool pool =
                models.pool(models.code("w", Role.WEAK, request -> whole("w", " return a;")));
        Describer.Settings criteria =
                new Describer.Settings(
                        Describer.Source.DOC_COMMENT,
                        Arrays.asList(Criterion.values()),
                        240,
                        1_024);
        SourceVsModel strategy = new SourceVsModel(criteria, pool);

        Set<String> said =
                IntStream.range(0, 50)
                        .mapToObj(seed -> ((Candidate) attempt(strategy, SUM, seed)).pair())
                        .map(CandidatePair::getInstruction)
                        .collect(Collectors.toSet());

        assertThat(said).hasSize(4).allMatch(text -> text.startsWith("Adds both. "));
    }

    @Test
    void anInstructionOverItsLimitAsksNobody() throws IOException {
        GeneratorPool pool =
                models.pool(models.code("w", Role.WEAK, request -> whole("w", " return a;")));
        Describer.Settings narrow =
                new Describer.Settings(Describer.Source.DOC_COMMENT, List.of(), 240, 10);

        assertThat(((NoCandidate) attempt(new SourceVsModel(narrow, pool), SUM)).reason())
                .isEqualTo(SynthesizeReason.INSTRUCTION_TOO_LONG);
        assertThat(models.asked()).isEmpty();
    }

    @Test
    void generatorsOfOneRoleAreAskedByWeight() throws IOException {
        GeneratorPool pool =
                models.pool(
                        models.model(
                                "a", Map.of(Role.WEAK, 3.0), PromptStyle.CODE, r -> whole("a", "")),
                        models.model(
                                "b",
                                Map.of(Role.WEAK, 1.0),
                                PromptStyle.CODE,
                                r -> whole("b", "")));

        assertThat(pool.writer(Role.WEAK, 0).spec().name()).isEqualTo("a");
        assertThat(pool.writer(Role.WEAK, 0.749).spec().name()).isEqualTo("a");
        assertThat(pool.writer(Role.WEAK, 0.751).spec().name()).isEqualTo("b");
        assertThat(pool.writer(Role.WEAK, 0.999).spec().name()).isEqualTo("b");
        assertThatThrownBy(() -> pool.writer(Role.STRONG, 0))
                .hasMessage("no generator has the role strong");
    }

    @Test
    void ofAMixedRoleThoseAreAskedThatSpeakTheLanguage() throws IOException {
        GeneratorPool pool =
                models.pool(
                        models.model(
                                "code",
                                Map.of(Role.WEAK, 1.0, Role.STRONG, 1.0),
                                PromptStyle.CODE,
                                request -> whole("code", "\n        return a;")),
                        models.chat("chat", Role.WEAK, request -> whole("chat", "def f(): pass")));
        SourceVsModel strategy = new SourceVsModel(FROM_COMMENTS, pool);
        CodeSnippet python = snippet("python", "def f()", null, ":\n    return 1");

        assertThat(strategy.suits(python)).isTrue();
        for (int seed = 0; seed < 20; seed++) {
            strategy.attempt(python, seed, new RetryBudget(3, 0)).join();
        }
        assertThat(models.asked())
                .hasSize(20)
                .allSatisfy(asked -> assertThat(asked.prompt()).isInstanceOf(Prompt.Chat.class));
        assertThat(new ModelGap(FROM_COMMENTS, pool, pool.gap()).suits(python)).isFalse();

        models.asked().clear();
        for (int seed = 0; seed < 20; seed++) {
            strategy.attempt(SUM, seed, new RetryBudget(3, 0)).join();
        }
        assertThat(models.asked())
                .extracting(asked -> asked.prompt().getClass().getSimpleName())
                .contains("Text", "Chat");
    }

    @Test
    void subtasksOfAJobShareItsGenerators() throws IOException {
        List<String> opened = new ArrayList<>();
        GeneratorSpec spec =
                new GeneratorSpec(
                        "w",
                        device -> {
                            opened.add(device);
                            return new AnsweringModel("w", request -> whole("w", ""));
                        },
                        Map.of(Role.WEAK, 1.0),
                        PromptStyle.CODE,
                        Sampling.GREEDY,
                        64,
                        Duration.ofSeconds(5),
                        ReliableSettings.DEFAULTS);
        GeneratorPool.Factory factory = GeneratorPool.Factory.of("synthesize", List.of(spec), 3);

        GeneratorPool first = factory.open("job", "cpu");
        GeneratorPool second = factory.open("job", "cpu");
        assertThat(opened).containsExactly("cpu");
        assertThat(first.tells()).isTrue();
        assertThat(second.tells()).isFalse();
        first.close();
        first.close();
        assertThat(second.writer(Role.WEAK, 0).generator().model()).isEqualTo("w");
        assertThat(second.tells()).isFalse();
        GeneratorPool third = factory.open("job", "cpu");
        assertThat(third.tells()).isTrue();
        third.close();
        second.close();
        factory.open("job", "cpu").close();
        assertThat(opened).hasSize(2);
    }

    @Test
    void theGapBetweenBothIsWatched() throws IOException {
        boolean[] equal = new boolean[1];
        GeneratorPool pool =
                models.pool(
                        models.code("s", Role.STRONG, request -> whole("s", " return a;")),
                        models.code(
                                "w",
                                Role.WEAK,
                                request ->
                                        !equal[0] && request.seed() % 2 == 0
                                                ? AnsweringModel.cut("w", " return")
                                                : whole("w", " return a;")));
        GapMonitor monitor = pool.gap();
        ModelGap strategy = new ModelGap(FROM_COMMENTS, pool, monitor);
        for (int seed = 0; seed < GapMonitor.WINDOW; seed++) {
            attempt(strategy, SUM, seed);
        }
        assertThat(monitor.gap(Language.JAVA)).isBetween(0.35, 0.65);
        assertThat(monitor.isClosed(Language.JAVA)).isFalse();

        equal[0] = true;
        for (int seed = 0; seed < GapMonitor.WINDOW; seed++) {
            attempt(strategy, SUM, seed);
        }
        assertThat(monitor.gap(Language.JAVA)).isZero();
        assertThat(monitor.isClosed(Language.JAVA)).isTrue();
        assertThat(monitor.gap(Language.PYTHON)).isNaN();
    }

    /** Of a released preference model that likes long answers. */
    private static SelfContrast contrast(GeneratorPool pool, int samples, double minMargin) {
        AnswerScorer scorer =
                new AnswerScorer() {
                    @Override
                    public CompletableFuture<Void> ready(@Nullable ReleaseModel newest) {
                        return newest == null
                                ? CompletableFuture.failedFuture(
                                        new CheckpointUnusableException("none yet", null))
                                : CompletableFuture.completedFuture(null);
                    }

                    @Override
                    public CompletableFuture<Rewards> rewards(
                            @Nullable ReleaseModel newest,
                            String instruction,
                            List<String> answers) {
                        assertThat(newest).isEqualTo(RELEASE);
                        assertThat(instruction).isEqualTo("Adds both.\nint sum(int a, int b)");
                        return CompletableFuture.completedFuture(
                                new Rewards(
                                        answers.stream()
                                                .map(answer -> (float) answer.length())
                                                .toList(),
                                        RELEASE.id()));
                    }

                    @Override
                    public void close() {}
                };
        return new PreferenceContrast(samples, minMargin, FROM_COMMENTS, pool, scorer);
    }

    private static Describer.Settings from(Describer.Source source) {
        return new Describer.Settings(source, List.of(), 240, 1_024);
    }

    private static Generation whole(String model, String text) {
        return AnsweringModel.whole(model, text);
    }

    private static CandidatePair pair(ModelStrategy strategy, CodeSnippet snippet) {
        return ((Candidate) attempt(strategy, snippet)).pair();
    }

    private static Attempt attempt(ModelStrategy strategy, CodeSnippet snippet) {
        return attempt(strategy, snippet, 1);
    }

    private static Attempt attempt(ModelStrategy strategy, CodeSnippet snippet, long seed) {
        return strategy.attempt(snippet, RELEASE, seed, new RetryBudget(3, 0)).join();
    }

    private static CodeSnippet snippet(String language, String signature, String doc, String body) {
        return CodeSnippet.newBuilder()
                .setId(ContentId.of(language, signature))
                .setEventId("event")
                .setRepository("maven:org.example:fox")
                .setRevision("1.0")
                .setPath("Fox")
                .setLanguage(language)
                .setKind(SnippetKind.FUNCTION)
                .setName("f")
                .setSignature(signature)
                .setDocComment(doc)
                .setText(signature + body)
                .setPublishedAt(Instant.parse("2026-05-01T12:00:00Z"))
                .setProducer("test/1")
                .build();
    }
}
