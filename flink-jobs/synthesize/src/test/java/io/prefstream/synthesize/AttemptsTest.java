package io.prefstream.synthesize;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.testing.AnsweringModel;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeClass;
import io.prefstream.schemas.CodeKind;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.kinds.KindSettings;
import io.prefstream.synthesize.kinds.KindSettings.By;
import io.prefstream.synthesize.models.ModelShares;
import io.prefstream.synthesize.models.ScriptedModels;
import io.prefstream.synthesize.mutation.MutationSettings;
import io.prefstream.synthesize.mutation.MutationStrategy;
import io.prefstream.synthesize.tests.TestSettings;
import io.prefstream.synthesize.tests.TestWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is said and written of all of a snippet's pairs, with scripted models. */
class AttemptsTest {
    private static final CodeSnippet SNIPPET =
            CodeSnippet.newBuilder(
                            Snippets.java(
                                    "int larger(int a, int b) { return a > b ? a - 0 : b + 0; }"))
                    .setName("larger")
                    .setSignature("int larger(int a, int b)")
                    .build();
    private static final String FOUR_TESTS =
            """
            assert larger(1, 2) == 2;
            assert larger(2, 1) == 2;
            assert larger(0, 0) == 0;
            assert larger(-1, -2) == -1;
            """;
    private static final TestSettings TESTS = new TestSettings(1, 16, 4, 400);

    @RegisterExtension private final ScriptedModels models = new ScriptedModels();

    @Test
    void testsAreWrittenOnceForAllPairsOfAFunction() throws Exception {
        GeneratorPool pool =
                models.pool(
                        models.chat("tester", Role.TESTER, request -> whole("t@1", FOUR_TESTS)),
                        models.chat(
                                "strong", Role.STRONG, request -> whole("s", "int larger() {}")),
                        models.chat("weak", Role.WEAK, request -> whole("w", "int smaller() {}")));
        Attempts attempts = attempts(pool, KindSettings.NONE, TESTS);

        List<CandidatePair> pairs = pairs(made(attempts));

        assertThat(pairs)
                .extracting(CandidatePair::getStrategy)
                .containsExactly("mutation", "model-gap");
        assertThat(pairs)
                .allSatisfy(
                        pair -> {
                            assertThat(pair.getTests())
                                    .hasSize(4)
                                    .contains("assert larger(1, 2) == 2;");
                            assertThat(pair.getTestsWriter()).isEqualTo("t");
                        });
        List<String> prompts =
                models.asked().stream()
                        .map(
                                request ->
                                        ((Prompt.Chat) request.prompt())
                                                .messages()
                                                .get(0)
                                                .content())
                        .filter(prompt -> prompt.startsWith("Write 16 tests"))
                        .toList();
        assertThat(prompts).hasSize(1);
        assertThat(prompts.get(0))
                .contains(
                        SNIPPET.getText(), "int larger(int a, int b)", "`assert larger(…) == …;`");
        assertThat(attempts.tests().written()).isEqualTo(1);
    }

    @Test
    void testsThatAStrategyHadWrittenAreThoseOfAllPairs() throws Exception {
        GeneratorPool pool =
                models.pool(models.chat("tester", Role.TESTER, request -> whole("t", FOUR_TESTS)));
        TestWriter.Written written = new TestWriter.Written(List.of("assert true;"), "earlier");
        MutationStrategy mutation = new MutationStrategy(new MutationSettings(0.9, 3, 240, 1_024));
        List<StrategyShare> shares =
                List.of(
                        new StrategyShare("mutation", 1, 1, none -> mutation),
                        new StrategyShare("tested", 1, 1, none -> new Tested(mutation, written)));

        List<CandidatePair> pairs =
                pairs(made(new Attempts(new Recipe(shares, 1, KindSettings.NONE, TESTS), pool)));

        assertThat(pairs)
                .hasSize(2)
                .allSatisfy(
                        pair -> {
                            assertThat(pair.getTests()).containsExactly("assert true;");
                            assertThat(pair.getTestsWriter()).isEqualTo("earlier");
                        })
                .extracting(CandidatePair::getChosenPassRate)
                .containsExactly(null, 1.0);
        assertThat(models.asked()).isEmpty();
    }

    /** Mutates, and says that tests told the sides apart. */
    private record Tested(MutationStrategy mutation, TestWriter.Written tests) implements Strategy {
        @Override
        public String name() {
            return "tested";
        }

        @Override
        public CompletableFuture<Attempt> attempt(
                CodeSnippet snippet, long seed, RetryBudget budget) {
            return mutation.attempt(snippet, seed, budget)
                    .thenApply(made -> ((Candidate) made).testedBy(tests, 1, 0));
        }
    }

    @Test
    void aPairGoesOnWithoutTestsWhereFewCanBeUsedOrTheModelFails() throws Exception {
        GeneratorPool few =
                models.pool(
                        models.chat(
                                "tester",
                                Role.TESTER,
                                request -> whole("t", "assert larger(1, 2) == 2;")));
        GeneratorPool failing =
                models.pool(
                        models.chat(
                                "tester",
                                Role.TESTER,
                                request -> {
                                    throw new GenerationException("a prompt of 900 tokens");
                                }));
        for (GeneratorPool pool : List.of(few, failing)) {
            Attempts attempts = attempts(pool, KindSettings.NONE, TESTS);

            assertThat(pairs(made(attempts)))
                    .hasSize(1)
                    .allSatisfy(
                            pair -> {
                                assertThat(pair.getTests()).isEmpty();
                                assertThat(pair.getTestsWriter()).isNull();
                            });
            assertThat(attempts.tests().missing()).isEqualTo(1);
        }
    }

    @Test
    void nobodyIsAskedForTestsOfAFunctionWithoutPairs() throws Exception {
        GeneratorPool pool =
                models.pool(models.chat("tester", Role.TESTER, request -> whole("t", FOUR_TESTS)));
        CodeSnippet none = Snippets.withoutSites();

        assertThat(attempts(pool, KindSettings.NONE, TESTS).of(task(none), budget()).join())
                .extracting(made -> made.attempt().getClass().getSimpleName())
                .containsExactly("NoCandidate");
        assertThat(models.asked()).isEmpty();
    }

    @Test
    void whatAFunctionIsForStandsOnItsPairs() throws Exception {
        GeneratorPool pool =
                models.pool(
                        models.chat(
                                "reader",
                                Role.CLASSIFIER,
                                request -> whole("reader@7", "non-engineering 0.7")));

        assertThat(pairs(made(attempts(pool, kinds(By.MODEL, 1, 1), TestSettings.NONE))))
                .extracting(CandidatePair::getCodeClass)
                .containsExactly(new CodeClass(CodeKind.NON_ENGINEERING, 0.7, "reader"));
        assertThat(pairs(made(attempts(pool, kinds(By.HEURISTIC, 1, 1), TestSettings.NONE))))
                .extracting(pair -> pair.getCodeClass().getClassifier())
                .containsExactly("heuristic/1");
        assertThat(pairs(made(attempts(pool, KindSettings.NONE, TestSettings.NONE))))
                .extracting(CandidatePair::getCodeClass)
                .containsOnlyNulls();
    }

    @Test
    void theRuleSpeaksWhereAModelSaysNothing() throws Exception {
        GeneratorPool pool =
                models.pool(
                        models.chat(
                                "reader",
                                Role.CLASSIFIER,
                                request -> whole("reader", "Hard to say.")));

        assertThat(pairs(made(attempts(pool, kinds(By.MODEL, 1, 1), TestSettings.NONE))))
                .extracting(pair -> pair.getCodeClass().getClassifier())
                .containsExactly("heuristic/1");
    }

    @Test
    void ofAKindThatIsNotWantedNoPairIsMadeAndTheReasonSaysSo() throws Exception {
        GeneratorPool pool =
                models.pool(
                        models.chat(
                                "reader",
                                Role.CLASSIFIER,
                                request -> whole("r", "engineering 0.9")),
                        models.chat(
                                "strong", Role.STRONG, request -> whole("s", "int larger() {}")),
                        models.chat("weak", Role.WEAK, request -> whole("w", "int smaller() {}")));

        assertThat(made(attempts(pool, kinds(By.MODEL, 0, 1), TestSettings.NONE)))
                .extracting(Attempts.Made::attempt)
                .hasSize(2)
                .containsOnly(
                        new NoCandidate(
                                SynthesizeReason.KIND_NOT_WANTED,
                                "engineering code (confidence 0.90 by r) is outside of"
                                        + " synthesize.classify.engineering-share=0.0"));
        assertThat(models.asked()).hasSize(1);
        assertThat(pairs(made(attempts(pool, kinds(By.MODEL, 1, 0), TestSettings.NONE))))
                .hasSize(2);
    }

    @Test
    void aShareOfAKindIsDrawnByIds() {
        KindSettings half = kinds(By.HEURISTIC, 0.5, 1);
        CodeClass engineering = new CodeClass(CodeKind.ENGINEERING, 0.9, "x");

        long wanted =
                Snippets.mutable(400).stream()
                        .filter(snippet -> half.unwanted(snippet, engineering, 1).isEmpty())
                        .count();

        // Binomial with p = 1/2: 400 have a standard deviation of 10.
        assertThat(wanted).isBetween(160L, 240L);
    }

    private static KindSettings kinds(By by, double engineering, double other) {
        return new KindSettings(by, engineering, other);
    }

    private static Attempts attempts(GeneratorPool pool, KindSettings kinds, TestSettings tests)
            throws Exception {
        MutationSettings settings = new MutationSettings(0.9, 3, 240, 1_024);
        List<StrategyShare> shares = new ArrayList<>();
        shares.add(new StrategyShare("mutation", 1, 1, none -> new MutationStrategy(settings)));
        if (pool.metrics().containsKey("strong")) {
            shares.add(ModelShares.modelGap(1));
        }
        return new Attempts(new Recipe(shares, 1, kinds, tests), pool);
    }

    private static List<Attempts.Made> made(Attempts attempts) {
        return attempts.of(task(SNIPPET), budget()).join();
    }

    private static List<CandidatePair> pairs(List<Attempts.Made> made) {
        return made.stream().map(each -> ((Candidate) each.attempt()).pair()).toList();
    }

    private static SnippetTask task(CodeSnippet snippet) {
        return new SnippetTask(snippet, null);
    }

    private static RetryBudget budget() {
        return new RetryBudget(3, 0);
    }

    private static Generation whole(String model, String text) {
        return AnsweringModel.whole(model, text);
    }
}
