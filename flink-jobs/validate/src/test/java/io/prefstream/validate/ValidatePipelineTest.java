package io.prefstream.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.prefstream.jobs.common.testing.BenchmarkExamples;
import io.prefstream.jobs.common.testing.BoundedRun;
import io.prefstream.jobs.common.testing.LedgerReadings;
import io.prefstream.jobs.common.testing.OptOutExamples;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.jobs.generators.release.CheckpointUnusableException;
import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.jobs.generators.testing.Releases;
import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.CheckpointKind;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.Split;
import io.prefstream.schemas.Verdict;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.validate.bias.BiasReport;
import io.prefstream.validate.checks.TokenEncoder;
import io.prefstream.validate.margin.MarginScorer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Either;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ValidatePipelineTest {

    private static final LedgerReadings LEDGER = new LedgerReadings();
    private static final MarginScorer.Factory WITHOUT_ANSWERS = HungScorer::new;
    private static final List<CheckpointPublished> NO_RELEASE =
            List.of(Releases.published("trunk-1", CheckpointKind.TRUNK, 1));

    @RegisterExtension private static final MiniClusterExtension FLINK = TwoSlots.cluster(LEDGER);

    @Test
    void everyCandidateLeavesAsAPairOrARejection() throws Exception {
        List<CandidatePair> candidates = new ArrayList<>(Candidates.good(40));
        candidates.add(Candidates.java(" ", Candidates.SMALLER));
        candidates.add(Candidates.java(Candidates.LARGER, Candidates.LARGER + " // same"));
        candidates.add(Candidates.java(Candidates.LARGER, "int f( {"));
        candidates.add(Candidates.java(Candidates.LARGER, "class Other { String s; }"));

        Result result =
                run(
                        "conservation",
                        candidates,
                        NO_RELEASE,
                        WITHOUT_ANSWERS,
                        "--validate.min-similarity=0.5");

        assertThat(result.pairs())
                .extracting(PreferencePair::getId)
                .containsExactlyInAnyOrderElementsOf(
                        candidates.subList(0, 40).stream().map(CandidatePair::getId).toList());
        assertThat(result.rejections())
                .extracting(Rejection::getReason)
                .containsExactlyInAnyOrder(
                        "empty-side",
                        "identical-after-normalisation",
                        "rejected-does-not-parse",
                        "too-dissimilar");
        assertThat(result.rejections())
                .allSatisfy(
                        rejection -> {
                            assertThat(rejection.getStage()).isEqualTo("validate");
                            assertThat(rejection.getUnit()).isEqualTo("candidate");
                        });
        assertThat(LEDGER.count("conservation", "validate", "candidate", "in")).isEqualTo(44);
        assertThat(LEDGER.count("conservation", "validate", "candidate", "out")).isEqualTo(40);
    }

    @Test
    void aPairTellsEveryCheckInOrder() throws Exception {
        PreferencePair pair =
                run("outcomes", List.of(Candidates.good()), NO_RELEASE, WITHOUT_ANSWERS)
                        .pairs()
                        .get(0);

        assertThat(pair.getChecks())
                .extracting(CheckOutcome::getCheck)
                .containsExactly(
                        "opt-out",
                        "decontamination",
                        "non-empty",
                        "finish-reason",
                        "chatter",
                        "refusal",
                        "loop",
                        "token-budget",
                        "length-balance",
                        "compression-balance",
                        "language",
                        "both-parse",
                        "depth",
                        "distinct",
                        "stub",
                        "trivial-difference",
                        "similarity",
                        "undefined-names",
                        "signature",
                        "margin",
                        "near-duplicate");
        assertThat(margin(pair).getDetail()).isEqualTo("no-model-yet");
        assertThat(pair.getCandidate()).isEqualTo(Candidates.good());
        assertThat(pair.getPublishedAt()).isEqualTo(Candidates.FIRST_OF_MAY);
        assertThat(pair.getSplit()).isIn(Split.TRAIN, Split.HOLDOUT);
        assertThat(pair.getConfidence()).isEqualTo(423.5 / 424);
        assertThat(pair.getAspects())
                .containsExactly("language:java", "strategy:mutation", "edit:swap-operands");
        assertThat(pair.getProducer()).isEqualTo("validate/3");
    }

    @Test
    void whatRecitesAShippedBenchmarkIsRefused() throws Exception {
        CandidatePair solution =
                Candidates.python(
                        "def truncate(number):\n"
                                + "    whole = int(number)\n"
                                + "    return number - whole\n",
                        "def truncate_number(number: float) -> float:\n    return number % 1.0\n");
        CandidatePair question =
                CandidatePair.newBuilder(Candidates.number(1))
                        .setInstruction(
                                "Janet’s ducks lay 16 eggs per day. She eats three for breakfast"
                                        + " every morning and bakes muffins")
                        .build();
        List<CandidatePair> candidates = List.of(Candidates.number(0), solution, question);

        Result on = run("benchmarks", candidates, NO_RELEASE, WITHOUT_ANSWERS);
        Result off =
                run(
                        "no-benchmarks",
                        candidates,
                        NO_RELEASE,
                        WITHOUT_ANSWERS,
                        "--validate.decontaminate.shipped=false");

        assertThat(on.pairs())
                .extracting(PreferencePair::getId)
                .containsExactly(Candidates.number(0).getId());
        assertThat(on.rejections())
                .allSatisfy(
                        rejection -> {
                            assertThat(rejection.getReason()).isEqualTo("contaminated");
                            assertThat(rejection.getSample()).isNull();
                        })
                .extracting(Rejection::getInputId, ValidatePipelineTest::itemOf)
                .containsExactlyInAnyOrder(
                        tuple(solution.getId(), "HumanEval/2"),
                        tuple(question.getId(), "GSM8K-test/1"));
        assertThat(off.pairs())
                .hasSize(3)
                .allSatisfy(
                        pair ->
                                assertThat(pair.getChecks())
                                        .contains(
                                                new CheckOutcome(
                                                        "decontamination",
                                                        Verdict.SKIPPED,
                                                        null,
                                                        "no benchmark is known")));
    }

    private static String itemOf(Rejection rejection) {
        return rejection.getDetail().replaceFirst("holds a part of (\\S+) of .*", "$1");
    }

    @Test
    void aScorerThatNeverAnswersLosesNoPair() throws Exception {
        Result result =
                run(
                        "hung",
                        Candidates.good(30),
                        List.of(Releases.published("release-1", CheckpointKind.RELEASE, 1)),
                        WITHOUT_ANSWERS,
                        "--validate.margin.timeout=20ms",
                        "--validate.margin.capacity=4");

        assertThat(result.pairs())
                .extracting(PreferencePair::getId)
                .containsExactlyInAnyOrderElementsOf(
                        Candidates.good(30).stream().map(CandidatePair::getId).toList());
        assertThat(result.pairs())
                .allSatisfy(
                        pair -> assertThat(margin(pair).getVerdict()).isEqualTo(Verdict.SKIPPED));
    }

    @Test
    void whatIsExcludedIsRefusedBeforeAnyCheckAndWithoutASample() throws Exception {
        String asked = "https://example.org/asked.git";
        CandidatePair optedOut =
                CandidatePair.newBuilder(Candidates.number(1)).setRepository(asked).build();
        CandidatePair alsoEmpty =
                CandidatePair.newBuilder(Candidates.java(" ", Candidates.SMALLER))
                        .setRepository(asked)
                        .build();
        CandidatePair contaminated =
                CandidatePair.newBuilder(Candidates.java(Candidates.LARGER, ""))
                        .setInstruction(BenchmarkExamples.TASK)
                        .build();

        Result result =
                run(
                        "excluded",
                        List.of(Candidates.number(0), optedOut, alsoEmpty, contaminated),
                        NO_RELEASE,
                        List.of(OptOutExamples.of(asked)),
                        List.of(BenchmarkExamples.foxes()),
                        WITHOUT_ANSWERS);

        assertThat(result.pairs())
                .extracting(PreferencePair::getId)
                .containsExactly(Candidates.number(0).getId());
        assertThat(result.rejections())
                .extracting(Rejection::getInputId, Rejection::getReason, Rejection::getSample)
                .containsExactlyInAnyOrder(
                        tuple(optedOut.getId(), "opted-out", null),
                        tuple(alsoEmpty.getId(), "opted-out", null),
                        tuple(contaminated.getId(), "contaminated", null));
        assertThat(LEDGER.count("excluded", "validate", "candidate", "in")).isEqualTo(4);
        assertThat(LEDGER.count("excluded", "validate", "candidate", "out")).isEqualTo(1);
    }

    private static CheckOutcome margin(PreferencePair pair) {
        return pair.getChecks().stream()
                .filter(outcome -> outcome.getCheck().equals("margin"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aPairThatDiffersFromAnAcceptedOneInLayoutAndCommentsIsRefusedAndAMutantIsNot()
            throws Exception {
        CandidatePair mutant =
                Candidates.java(Candidates.LARGER, Candidates.LARGER.replace('>', '<'));
        CandidatePair copy =
                Candidates.java(
                        Candidates.LARGER.replace(" { ", "\n{\n    "),
                        Candidates.SMALLER + " // a copy");
        List<CandidatePair> candidates =
                List.of(Candidates.good(), mutant, copy, Candidates.good());

        Result on = run("near-duplicates", candidates, NO_RELEASE, WITHOUT_ANSWERS);
        Result off =
                run(
                        "near-duplicates-pass",
                        candidates,
                        NO_RELEASE,
                        WITHOUT_ANSWERS,
                        "--validate.near-dup.enabled=false");

        // Which of the two copies is first is decided by their arrival. The pair that comes twice
        // is one pair: both times it passes, or both times it is refused.
        assertThat(on.pairs()).extracting(PreferencePair::getId).contains(mutant.getId());
        assertThat(on.rejections())
                .extracting(Rejection::getReason)
                .isNotEmpty()
                .containsOnly("near-duplicate-pair");
        assertThat(on.pairs().size() + on.rejections().size()).isEqualTo(4);
        assertThat(off.pairs()).hasSize(4);
        assertThat(off.rejections()).isEmpty();
    }

    @Test
    void aLanguageOverItsQuotaIsRefusedWhereOthersCome() throws Exception {
        List<CandidatePair> candidates = new ArrayList<>();
        // Two by two, as two subtasks take turns: both get both languages.
        for (int i = 0; i < 200; i++) {
            candidates.add(
                    i % 4 < 2
                            ? Candidates.number(i)
                            : Candidates.python(
                                    "def f%d(a, b):\n    return a - b".formatted(i),
                                    "def f%d(a, b):\n    return b - a".formatted(i)));
        }

        Result result =
                run(
                        "quota",
                        candidates,
                        NO_RELEASE,
                        WITHOUT_ANSWERS,
                        "--validate.quota.language=java:0.25");

        long java =
                result.pairs().stream()
                        .filter(pair -> pair.getCandidate().getLanguage().equals("java"))
                        .count();
        assertThat(result.pairs().size() - java).isEqualTo(100);
        // A third of the others that have come by then, and what comes before any other.
        assertThat(java).isBetween(1L, 60L);
        assertThat(result.rejections())
                .hasSize(200 - result.pairs().size())
                .extracting(Rejection::getReason)
                .containsOnly("over-quota");
    }

    @Test
    void acceptedPairsAreWatchedForBias() throws Exception {
        Result result =
                run(
                        "bias",
                        IntStream.range(0, 60)
                                .mapToObj(
                                        i ->
                                                Candidates.java(
                                                        "int f%d() { return 10 + 1; }".formatted(i),
                                                        "int f%d() { return 1 + 1; }".formatted(i)))
                                .toList(),
                        NO_RELEASE,
                        WITHOUT_ANSWERS,
                        "--validate.imbalance-limit=1000");

        assertThat(result.bias())
                .filteredOn(report -> report.group().equals("language:java"))
                .filteredOn(report -> !report.raised().isEmpty())
                .singleElement()
                .satisfies(
                        report -> {
                            assertThat(report.tally().pairs()).isEqualTo(60);
                            assertThat(report.raised()).contains("length").doesNotContain("lines");
                        });
    }

    private record Result(
            List<PreferencePair> pairs, List<Rejection> rejections, List<BiasReport> bias) {}

    private static Result run(
            String name,
            List<CandidatePair> candidates,
            List<CheckpointPublished> checkpoints,
            MarginScorer.Factory scorers,
            String... args)
            throws Exception {
        return run(name, candidates, checkpoints, List.of(), List.of(), scorers, args);
    }

    private static Result run(
            String name,
            List<CandidatePair> candidates,
            List<CheckpointPublished> checkpoints,
            List<OptOut> optOuts,
            List<Benchmark> benchmarks,
            MarginScorer.Factory scorers,
            String... args)
            throws Exception {
        BoundedRun run = new BoundedRun(2);
        ValidatePipeline.Outputs outputs =
                ValidatePipeline.build(
                        run.from("candidates", CandidatePair.class, candidates),
                        run.checkpoints(checkpoints.toArray(CheckpointPublished[]::new)),
                        run.optOuts(optOuts.toArray(OptOut[]::new)),
                        run.benchmarks(benchmarks.toArray(Benchmark[]::new)),
                        null,
                        ValidateOptions.settings(ValidateJob.options().parse(args)),
                        tokenizer -> TokenEncoder.bytes(),
                        scorers);
        Supplier<List<PreferencePair>> pairs = kept(run, outputs);
        Supplier<List<Rejection>> rejections = run.keep(outputs.rejections());
        Supplier<List<BiasReport>> bias = run.keep(outputs.bias());
        run.execute(name);
        return new Result(pairs.get(), rejections.get(), bias.get());
    }

    /** The pairs that come out and stay. */
    static Supplier<List<PreferencePair>> kept(BoundedRun run, ValidatePipeline.Outputs outputs) {
        return run.keep(
                outputs.pairs()
                        .map(Either::left)
                        .returns(AvroType.forRecord(PreferencePair.class))
                        .uid("left"));
    }

    /** Takes every question and answers none. */
    private static final class HungScorer implements MarginScorer {

        @Override
        public CompletableFuture<Margin> margin(CandidatePair pair, @Nullable ReleaseModel model) {
            return model == null
                    ? CompletableFuture.failedFuture(
                            new CheckpointUnusableException("no-model-yet", null))
                    : new CompletableFuture<>();
        }

        @Override
        public void close() {}
    }
}
