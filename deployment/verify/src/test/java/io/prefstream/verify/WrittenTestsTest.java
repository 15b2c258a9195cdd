package io.prefstream.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.execution.BenchSettings;
import io.prefstream.execution.Isolation;
import io.prefstream.execution.PassRule;
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
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.SnippetKind;
import io.prefstream.synthesize.tests.TestSettings;
import io.prefstream.synthesize.tests.TestWriter;
import io.prefstream.validate.HoldoutSplit;
import io.prefstream.validate.LabelConfidence;
import io.prefstream.validate.PairAssembly;
import io.prefstream.validate.execution.ExecuteTests;
import io.prefstream.validate.execution.ExecutionRule;
import io.prefstream.validate.execution.ExecutionSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.DefaultOpenContext;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.functions.async.CollectionSupplier;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.junit.jupiter.api.Test;

/** What synthesize has a model write as tests, validate's sandbox runs. */
class WrittenTestsTest {

    private static final PairAssembly ASSEMBLY =
            new PairAssembly(
                    "test/1",
                    1,
                    new HoldoutSplit(0.1, HoldoutSplit.Unit.FILE),
                    new LabelConfidence(0.25, 0.7));

    @Test
    void writtenTestsTellARightAnswerFromAWrongOne() throws Exception {
        PreferencePair java =
                executed(
                        "java",
                        "static int larger(int a, int b) { return a > b ? a : b; }",
                        "static int larger(int a, int b) { return a > b ? b : a; }",
                        """
                        ```java
                        assert larger(1, 2) == 2;
                        assert larger(2, 1) == 2;
                        assert larger(-1, -2) == -1;
                        assert larger(3, 3) == 3;
                        ```
                        """);
        PreferencePair python =
                executed(
                        "python",
                        "def larger(a, b):\n    return a if a > b else b\n",
                        "def larger(a, b):\n    return b if a > b else a\n",
                        """
                        assert larger(1, 2) == 2
                        assert larger(2, 1) == 2
                        assert larger(-1, -2) == -1
                        assert larger(3, 3) == 3
                        """);
        if (java == null || python == null) {
            return; // This machine can't isolate; validate's own tests say when that is in order.
        }
        for (PreferencePair pair : List.of(java, python)) {
            assertThat(pair.getCandidate().getTestsWriter()).isEqualTo("tester");
            assertThat(pair.getChecks())
                    .as(pair.getCandidate().getLanguage())
                    .extracting(check -> check.getCheck() + " " + check.getValue())
                    // Of four tests the wrong answer passes the one with two equal numbers.
                    .containsExactly("execution-chosen 1.0", "execution-rejected 0.25");
        }
    }

    private static PreferencePair executed(
            String language, String right, String wrong, String answer) throws Exception {
        CodeSnippet snippet =
                CodeSnippet.newBuilder()
                        .setId(ContentId.of(language, right))
                        .setEventId("event")
                        .setRepository("maven:org.example:fox")
                        .setRevision("1.0")
                        .setPath("Fox")
                        .setLanguage(language)
                        .setKind(SnippetKind.FUNCTION)
                        .setName("larger")
                        .setSignature("larger(a, b)")
                        .setText(right)
                        .setPublishedAt(Instant.EPOCH)
                        .setProducer("test/1")
                        .build();
        GeneratorSpec tester =
                new GeneratorSpec(
                        "tester",
                        AnsweringModel.factory(
                                "tester", (model, request) -> AnsweringModel.whole(model, answer)),
                        Map.of(Role.TESTER, 1.0),
                        PromptStyle.CHAT,
                        Sampling.GREEDY,
                        512,
                        Duration.ofSeconds(10),
                        ReliableSettings.DEFAULTS);
        try (GeneratorPool pool =
                GeneratorPool.Factory.of("synthesize", List.of(tester), 3)
                        .open("written tests", "cpu")) {
            TestWriter.Written tests =
                    new TestWriter(new TestSettings(1, 16, 4, 400), pool, 1)
                            .write(snippet, new RetryBudget(3, 0))
                            .join()
                            .orElseThrow();
            return executed(tests.on(pair(snippet, wrong)));
        }
    }

    /** Null where this machine doesn't isolate. */
    private static PreferencePair executed(CandidatePair pair) throws Exception {
        ExecuteTests sandbox =
                new ExecuteTests(
                        new ExecutionSettings(
                                new BenchSettings(
                                        Isolation.Level.FILES,
                                        Duration.ofMinutes(1),
                                        Duration.ofSeconds(20),
                                        1L << 30),
                                1,
                                new ExecutionRule(new PassRule(0.8, 0.4))),
                        ASSEMBLY);
        try {
            sandbox.open(DefaultOpenContext.INSTANCE);
        } catch (SuppressRestartsException refusal) {
            assertThat(refusal.getCause())
                    .hasMessageContaining("validate.execution.isolation=files");
            return null;
        }
        try {
            Result result = new Result(new CompletableFuture<>());
            sandbox.asyncInvoke(ASSEMBLY.draft(pair, List.of()), result);
            return result.pair.get(2, TimeUnit.MINUTES);
        } finally {
            sandbox.close();
        }
    }

    private static CandidatePair pair(CodeSnippet snippet, String wrong) {
        return CandidatePair.newBuilder()
                .setId(ContentId.of(snippet.getText(), wrong))
                .setSnippetId(snippet.getId())
                .setRepository(snippet.getRepository())
                .setRevision(snippet.getRevision())
                .setPath(snippet.getPath())
                .setLanguage(snippet.getLanguage())
                .setInstruction(snippet.getSignature())
                .setInstructionSource("signature")
                .setChosen(response(snippet.getText()))
                .setRejected(response(wrong))
                .setStrategy("source-vs-model")
                .setPublishedAt(snippet.getPublishedAt())
                .setProducer("test/1")
                .build();
    }

    private static Response response(String text) {
        return Response.newBuilder()
                .setText(text)
                .setGenerator("test")
                .setFinishReason(FinishReason.PUBLISHED)
                .build();
    }

    private record Result(CompletableFuture<PreferencePair> pair)
            implements ResultFuture<PreferencePair> {

        @Override
        public void complete(Collection<PreferencePair> pairs) {
            pair.complete(pairs.iterator().next());
        }

        @Override
        public void completeExceptionally(Throwable error) {
            pair.completeExceptionally(error);
        }

        @Override
        public void complete(CollectionSupplier<PreferencePair> supplier) {
            throw new AssertionError("not used");
        }
    }
}
