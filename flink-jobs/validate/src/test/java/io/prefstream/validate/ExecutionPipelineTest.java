package io.prefstream.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.prefstream.execution.testing.Machine;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.TopicsOptions;
import io.prefstream.jobs.common.testing.BoundedRun;
import io.prefstream.jobs.common.testing.LedgerReadings;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.Verdict;
import io.prefstream.validate.checks.TokenEncoder;
import io.prefstream.validate.margin.SharedMarginScorer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The stage with tests that are run, for real. */
class ExecutionPipelineTest {

    private static final LedgerReadings LEDGER = new LedgerReadings();

    private static final List<String> JAVA_TESTS =
            List.of("assert larger(1, 2) == 2;", "assert larger(2, 1) == 2;");
    private static final List<String> PYTHON_TESTS =
            List.of("assert larger(1, 2) == 2", "assert larger(2, 1) == 2");
    private static final String PYTHON_LARGER = "def larger(a, b):\n    return a if a > b else b\n";
    private static final String PYTHON_SMALLER =
            "def larger(a, b):\n    return b if a > b else a\n";

    @RegisterExtension private static final MiniClusterExtension FLINK = TwoSlots.cluster(LEDGER);

    @Test
    void pairsAreKeptWhoseTestsTellTheSidesApart() throws Exception {
        CandidatePair java = with(JAVA_TESTS, Candidates.good());
        CandidatePair python = with(PYTHON_TESTS, Candidates.python(PYTHON_LARGER, PYTHON_SMALLER));
        CandidatePair flipped = with(JAVA_TESTS, flipped(Candidates.good()));
        CandidatePair equallyGood =
                with(
                        PYTHON_TESTS,
                        Candidates.python(
                                PYTHON_LARGER, "def larger(x, y):\n    return max(x, y)\n"));
        CandidatePair untested = Candidates.number(1);
        CandidatePair go =
                with(
                        List.of("larger(1, 2)"),
                        Candidates.of(
                                "go",
                                "fox.go",
                                "func f(a int) int { return a }",
                                "func f(a int) int { return 0 }"));
        List<CandidatePair> candidates = List.of(java, python, flipped, equallyGood, untested, go);

        BoundedRun run = new BoundedRun(2);
        ValidatePipeline.Outputs outputs = build(run, candidates);
        Supplier<List<PreferencePair>> pairs = ValidatePipelineTest.kept(run, outputs);
        Supplier<List<Rejection>> rejections = run.keep(outputs.rejections());
        try {
            run.execute("execution");
        } catch (Exception failure) {
            Machine.assertRefusal(
                    ExceptionUtils.findThrowableWithMessage(failure, "code of others")
                            .orElseThrow(() -> failure));
            return;
        }

        Map<String, PreferencePair> kept =
                pairs.get().stream()
                        .collect(Collectors.toMap(PreferencePair::getId, Function.identity()));
        assertThat(kept)
                .containsOnlyKeys(
                        Stream.of(java, python, untested, go)
                                .map(CandidatePair::getId)
                                .toArray(String[]::new));
        for (CandidatePair told : List.of(java, python)) {
            assertThat(executionOf(kept.get(told.getId())))
                    .containsExactly(
                            new CheckOutcome(
                                    "execution-chosen", Verdict.PASS, 1.0, "passes 2 of 2 tests"),
                            new CheckOutcome(
                                    "execution-rejected",
                                    Verdict.PASS,
                                    0.0,
                                    "passes 0 of 2 tests"));
            assertThat(kept.get(told.getId()).getConfidence()).isEqualTo(0.98);
        }
        assertThat(executionOf(kept.get(untested.getId())))
                .extracting(CheckOutcome::getDetail)
                .containsExactly("no tests", "no tests");
        assertThat(kept.get(untested.getId()).getConfidence()).isEqualTo(423.5 / 424);
        assertThat(executionOf(kept.get(go.getId())))
                .extracting(CheckOutcome::getDetail)
                .containsExactly("go tests can't be run", "go tests can't be run");

        assertThat(rejections.get())
                .extracting(Rejection::getInputId, Rejection::getReason, Rejection::getDetail)
                .containsExactlyInAnyOrder(
                        tuple(
                                flipped.getId(),
                                "chosen-fails-tests",
                                "chosen passes 0 of 2 tests, below"
                                        + " validate.execution.min-pass-rate=0.8"),
                        tuple(
                                equallyGood.getId(),
                                "test-gap-too-small",
                                "chosen passes 2 of 2 tests, rejected passes 2 of 2 tests: less"
                                        + " than validate.execution.min-gap=0.4 apart"));
        assertThat(LEDGER.count("execution", "validate", "candidate", "in")).isEqualTo(6);
        assertThat(LEDGER.count("execution", "validate", "candidate", "out")).isEqualTo(4);
    }

    @Test
    void theOperatorIsThereOnlyWhereTestsAreRun() {
        assertThat(uids("--validate.execution.mode=off")).doesNotContain("validate.execute-tests");
        assertThat(uids("--validate.execution.mode=on")).contains("validate.execute-tests");
    }

    private static Stream<String> uids(String option) {
        Configuration config =
                ValidateJob.options()
                        .parse(
                                option,
                                "--%s=127.0.0.1:1".formatted(TopicsOptions.BOOTSTRAP_SERVERS.key()),
                                "--%s=http://127.0.0.1:1"
                                        .formatted(TopicsOptions.REGISTRY_URL.key()));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        ValidateJob.build(env, config);
        return env.getStreamGraph().getStreamNodes().stream().map(StreamNode::getTransformationUID);
    }

    private static ValidatePipeline.Outputs build(BoundedRun run, List<CandidatePair> candidates) {
        return ValidatePipeline.build(
                run.from("candidates", CandidatePair.class, candidates),
                run.checkpoints(),
                run.optOuts(),
                run.benchmarks(),
                null,
                ValidateOptions.settings(
                        JobOptions.of(ValidateOptions.all())
                                .parse(
                                        "--validate.execution.mode=on",
                                        "--validate.execution.test-timeout=10s")),
                tokenizer -> TokenEncoder.bytes(),
                SharedMarginScorer.factory("execution-test", 1));
    }

    private static List<CheckOutcome> executionOf(PreferencePair pair) {
        return pair.getChecks().stream()
                .filter(outcome -> outcome.getCheck().startsWith("execution-"))
                .toList();
    }

    private static CandidatePair with(List<String> tests, CandidatePair candidate) {
        return CandidatePair.newBuilder(candidate).setTests(tests).build();
    }

    private static CandidatePair flipped(CandidatePair candidate) {
        return Candidates.java(candidate.getRejected().getText(), candidate.getChosen().getText());
    }
}
