package io.prefstream.synthesize.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.execution.BenchSettings;
import io.prefstream.execution.PassRule;
import io.prefstream.execution.SandboxException;
import io.prefstream.execution.TestPool;
import io.prefstream.execution.testing.Machine;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Sampling;
import io.prefstream.generation.reliable.ReliableSettings;
import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.GeneratorSpec;
import io.prefstream.jobs.generators.PromptStyle;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.testing.AnsweringModel;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.SnippetKind;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.SynthesizeReason;
import io.prefstream.synthesize.tests.TestSettings;
import io.prefstream.synthesize.tests.TestWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Samples run for real. Where the machine doesn't isolate, opening must say so. */
class TestContrastTest {

    private static final CodeSnippet PYTHON =
            snippet("python", "def larger(a, b)", ":\n    return max(a, b)\n");
    private static final CodeSnippet JAVA =
            snippet("java", "static int larger(int a, int b)", " { return Math.max(a, b); }");
    private static final String FOUR =
            """
            assert larger(1, 2) == 2
            assert larger(2, 1) == 2
            assert larger(-1, -2) == -1
            assert larger(3, 3) == 3
            """;

    private final AtomicInteger sampled = new AtomicInteger();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void theSampleThatPassesStandsAgainstTheOneThatPassesLeast() throws Exception {
        TestContrast strategy =
                strategy(
                        FOUR,
                        "def larger(a, b):\n    return a",
                        "def larger(a, b):\n    return a if a > b else b",
                        "def larger(a, b):\n    return min(a, b)",
                        // As good as the second, and later.
                        "def larger(a, b):\n    return sorted([a, b])[1]");
        if (strategy == null) {
            return;
        }

        CandidatePair pair = ((Candidate) attempt(strategy, PYTHON)).pair();

        assertThat(pair.getChosen().getText()).contains("a if a > b else b");
        assertThat(pair.getRejected().getText()).contains("min(a, b)");
        assertThat(pair.getChosenPassRate()).isEqualTo(1.0);
        assertThat(pair.getRejectedPassRate()).isEqualTo(0.25);
        assertThat(pair.getTests()).hasSize(4).contains("assert larger(-1, -2) == -1");
        assertThat(pair.getTestsWriter()).isEqualTo("tester");
        assertThat(pair.getPreferredBy()).isNull();
        assertThat(pair.getStrategy()).isEqualTo("self-contrast");
        assertThat(attempt(strategy, PYTHON)).isEqualTo(new Candidate(pair));
    }

    @Test
    void javaIsRunAsWell() throws Exception {
        TestContrast strategy =
                strategy(
                        FOUR.replace("\n", ";\n"),
                        "static int larger(int a, int b) { return a < b ? b : a; }",
                        "static int larger(int a, int b) { return b / 0; }");
        if (strategy != null) {
            CandidatePair pair = ((Candidate) attempt(strategy, JAVA)).pair();
            assertThat(pair.getChosen().getText()).contains("a < b ? b : a");
            assertThat(pair.getRejectedPassRate()).isZero();
        }
    }

    @Test
    void withoutOneThatPassesOrOneThatFailsThereIsNoPair() throws Exception {
        String wrong = "def larger(a, b):\n    return min(a, b)";
        String right = "def larger(a, b):\n    return max(a, b)";
        TestContrast none = strategy(FOUR, wrong, wrong + " + 0");
        TestContrast all = strategy(FOUR, right, right + " + 0");
        if (none == null || all == null) {
            return;
        }
        String limits =
                ": chosen must pass synthesize.execution.min-pass-rate=0.8 of them, and rejected"
                        + " synthesize.execution.min-gap=0.4 less";

        assertThat(attempt(none, PYTHON))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.SAMPLES_ALIKE,
                                "of 2 samples the best passes 1 of 4 tests, the worst passes 1 of 4"
                                        + " tests"
                                        + limits));
        assertThat(attempt(all, PYTHON))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.SAMPLES_ALIKE,
                                "of 2 samples the best passes 4 of 4 tests, the worst passes 4 of 4"
                                        + " tests"
                                        + limits));
    }

    @Test
    void nothingIsSampledWithoutTests() throws Exception {
        TestContrast strategy = strategy("assert larger(1, 2) == 2\n", "a", "b");
        if (strategy == null) {
            return;
        }
        assertThat(attempt(strategy, PYTHON))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.NO_TESTS,
                                "the tester wrote fewer tests that can be used than"
                                        + " synthesize.tests.least, or failed"));
        assertThat(sampled).hasValue(0);
        assertThat(strategy.suits(PYTHON)).isTrue();
        assertThat(strategy.suits(snippet("go", "func larger(a int) int", " { return a }")))
                .isFalse();
    }

    @Test
    void closingEndsWhatRunsAndAnswersNothing() throws Exception {
        String marker = "marker-" + UUID.randomUUID();
        TestContrast strategy =
                strategy(
                        FOUR,
                        "import os; os.system(\"sh -c 'sleep 600; :' " + marker + "\")",
                        "def larger(a, b):\n    return a");
        if (strategy == null) {
            return;
        }
        CompletableFuture<Attempt> attempt = strategy.attempt(PYTHON, 1, new RetryBudget(3, 0));
        Machine.awaitProcessWith(marker);

        strategy.close();

        assertThat(Machine.processesWith(marker)).isEmpty();
        assertThat(attempt).isNotDone();
    }

    /** Null where this machine doesn't isolate and that was said. */
    private TestContrast strategy(String tests, String... samples) throws Exception {
        TestPool pool;
        try {
            pool = TestPool.open(BenchSettings.DEFAULTS, "synthesize.execution.isolation", 2);
        } catch (SandboxException refusal) {
            Machine.assertRefusal(refusal);
            return null;
        }
        GeneratorPool models =
                GeneratorPool.Factory.of(
                                "synthesize",
                                List.of(
                                        chat("tester", Role.TESTER, request -> tests),
                                        chat(
                                                "sampler",
                                                Role.SAMPLER,
                                                request ->
                                                        samples[
                                                                sampled.getAndIncrement()
                                                                        % samples.length])),
                                3)
                        .open("tests of samples " + UUID.randomUUID(), "cpu");
        opened.add(models);
        TestContrast strategy =
                new TestContrast(
                        samples.length,
                        new Describer.Settings(Describer.Source.DOC_COMMENT, List.of(), 240, 1_024),
                        models,
                        new TestWriter(new TestSettings(0, 16, 4, 400), models, 1),
                        pool,
                        new PassRule(0.8, 0.4));
        opened.add(strategy::close);
        return strategy;
    }

    private static GeneratorSpec chat(
            String name, Role role, Function<GenerationRequest, String> answers) {
        return new GeneratorSpec(
                name,
                device -> new AnsweringModel(name, request -> whole(name, answers.apply(request))),
                Map.of(role, 1.0),
                PromptStyle.CHAT,
                Sampling.temperature(0.7),
                512,
                Duration.ofSeconds(60),
                ReliableSettings.DEFAULTS);
    }

    private static Generation whole(String name, String text) {
        return AnsweringModel.whole(name, text);
    }

    private static Attempt attempt(TestContrast strategy, CodeSnippet snippet) {
        return strategy.attempt(snippet, 1, new RetryBudget(3, 0)).join();
    }

    private static CodeSnippet snippet(String language, String signature, String body) {
        return CodeSnippet.newBuilder()
                .setId(ContentId.of(language, signature))
                .setEventId("event")
                .setRepository("maven:org.example:fox")
                .setRevision("1.0")
                .setPath("Fox")
                .setLanguage(language)
                .setKind(SnippetKind.FUNCTION)
                .setName("larger")
                .setSignature(signature)
                .setText(signature + body)
                .setPublishedAt(Instant.EPOCH)
                .setProducer("test/1")
                .build();
    }
}
