package io.prefstream.synthesize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.prefstream.execution.testing.Machine;
import io.prefstream.generation.Sampling;
import io.prefstream.generation.reliable.ReliableSettings;
import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.jobs.common.testing.BoundedRun;
import io.prefstream.jobs.common.testing.LedgerReadings;
import io.prefstream.jobs.common.testing.OptOutExamples;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.GeneratorSpec;
import io.prefstream.jobs.generators.PromptStyle;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.release.ReleaseScorer;
import io.prefstream.jobs.generators.testing.AnsweringModel;
import io.prefstream.jobs.generators.testing.Releases;
import io.prefstream.jobs.generators.testing.TinyModels;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckpointKind;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.CommitChange;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.Rejection;
import io.prefstream.synthesize.commit.CommitSettings;
import io.prefstream.synthesize.commit.CommitStrategy;
import io.prefstream.synthesize.models.ModelShares;
import io.prefstream.synthesize.mutation.MutationSettings;
import io.prefstream.synthesize.mutation.MutationStrategy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SynthesizePipelineTest {

    private static final LedgerReadings LEDGER = new LedgerReadings();

    private static final AtomicReference<Long> FIRST_SEED = new AtomicReference<>();

    @RegisterExtension private static final MiniClusterExtension FLINK = TwoSlots.cluster(LEDGER);

    @Test
    void everyAttemptLeavesAsACandidateOrARejection() throws Exception {
        List<CodeSnippet> snippets = new ArrayList<>(Snippets.mutable(40));
        snippets.add(Snippets.withoutSites());
        snippets.add(Snippets.broken());
        snippets.add(Snippets.withOneSite());
        snippets.add(CodeSnippet.newBuilder(Snippets.java("f")).setLanguage("kotlin").build());

        Result result = run("conservation", snippets, 2);

        long in = LEDGER.count("conservation", "synthesize", "attempt", "in");
        assertThat(LEDGER.count("conservation", "synthesize", "snippet", "in")).isEqualTo(44);
        assertThat(in).isEqualTo(88);
        assertThat(LEDGER.count("conservation", "synthesize", "attempt", "out"))
                .isEqualTo(result.candidates().size());
        assertThat(result.candidates().size() + result.rejections().size()).isEqualTo(88);
        assertThat(result.candidates()).extracting(CandidatePair::getId).doesNotHaveDuplicates();
        assertThat(result.rejections()).extracting(Rejection::getId).doesNotHaveDuplicates();
        assertThat(result.rejections())
                .extracting(Rejection::getReason)
                .contains(
                        "no-mutation-site",
                        "unparseable-snippet",
                        "duplicate-variant",
                        "language-not-supported");
        assertThat(result.rejections())
                .allSatisfy(
                        rejection -> {
                            assertThat(rejection.getStage()).isEqualTo("synthesize");
                            assertThat(rejection.getUnit()).isEqualTo("attempt");
                            assertThat(rejection.getPublishedAt()).isEqualTo(Snippets.FIRST_OF_MAY);
                        });
    }

    @Test
    void aSecondRunGivesTheSameRecords() throws Exception {
        Result first = run("first", Snippets.mutable(20), 2);
        Result second = run("second", Snippets.mutable(20), 2);

        assertThat(second.candidates()).containsExactlyInAnyOrderElementsOf(first.candidates());
        assertThat(second.rejections()).containsExactlyInAnyOrderElementsOf(first.rejections());
    }

    private record Result(List<CandidatePair> candidates, List<Rejection> rejections) {}

    @Test
    void answersOfTwoModelsStandBesideMutations() throws Exception {
        GeneratorPool.Factory models =
                GeneratorPool.Factory.of(
                        "synthesize",
                        List.of(
                                spec(
                                        "strong",
                                        Role.STRONG,
                                        (model, request) -> AnsweringModel.whole(model, " ok();")),
                                spec(
                                        "weak",
                                        Role.WEAK,
                                        (model, request) ->
                                                request.seed() % 2 == 0
                                                        ? AnsweringModel.cut(model, " no(")
                                                        : AnsweringModel.whole(model, " no();"))),
                        3);

        Result result = run("two models", Snippets.mutable(40), 1, models);

        // Two subtasks share each model: one of them tells.
        assertThat(LEDGER.sum("two models", Map.of("<generator>", "strong"), "completed"))
                .isEqualTo(40);

        List<Rejection> cut =
                result.rejections().stream()
                        .filter(r -> r.getReason().equals("answer-cut"))
                        .toList();
        List<CandidatePair> pairs =
                result.candidates().stream()
                        .filter(c -> c.getStrategy().equals("model-gap"))
                        .toList();
        assertThat(cut).isNotEmpty();
        assertThat(pairs).isNotEmpty();
        assertThat(cut.size() + pairs.size()).isEqualTo(40);
        assertThat(LEDGER.count("two models", "synthesize", "attempt", "in")).isEqualTo(80);
        assertThat(LEDGER.count("two models", "synthesize", "attempt", "out"))
                .isEqualTo(result.candidates().size());
        assertThat(result.candidates().size() + result.rejections().size()).isEqualTo(80);
        assertThat(cut.get(0).getInputId()).endsWith("/model-gap/0");
    }

    @Test
    void theNewestReleaseTellsTheSamplesOfOneModelApart(@TempDir Path folder) throws Exception {
        Path model = TinyModels.write(folder.resolve("model"), 1, "int f() { return a; }");
        List<CheckpointPublished> released =
                List.of(
                        TinyModels.published("release-2", model, 200),
                        Releases.published("release-1", CheckpointKind.RELEASE, 100));
        GeneratorPool.Factory models =
                new GeneratorPool.Factory(
                        "synthesize",
                        List.of(
                                spec(
                                        "sampler",
                                        Role.SAMPLER,
                                        (name, request) ->
                                                AnsweringModel.whole(
                                                        name,
                                                        " return %d;".formatted(request.seed())))),
                        3,
                        null,
                        0,
                        ReleaseScorer.factory(folder.toString(), 1, null));
        List<CodeSnippet> snippets = Snippets.mutable(10);
        BoundedRun run = new BoundedRun(2);
        ControlFeed<CheckpointPublished> checkpoints =
                new ControlFeed<>(
                        () -> released,
                        run.from("checkpoints", CheckpointPublished.class, released),
                        run.from("unreadable", DeadLetter.class, List.of()));
        StageOutputs<CandidatePair> outputs =
                new SynthesizePipeline(List.of(ModelShares.selfContrast(1)), models, 1, 4)
                        .apply(
                                run.from("snippets", CodeSnippet.class, snippets),
                                run.optOuts(),
                                new ReleaseFeed(checkpoints, null),
                                run.from("dead-letters", DeadLetter.class, List.of()));
        Supplier<List<CandidatePair>> candidates = run.keep(outputs.records());
        Supplier<List<Rejection>> rejections = run.keep(outputs.rejections());
        run.execute("self-contrast");

        assertThat(rejections.get()).isEmpty();
        assertThat(candidates.get())
                .hasSize(10)
                .allSatisfy(
                        pair -> {
                            assertThat(pair.getPreferredBy()).isEqualTo("release-2");
                            assertThat(TinyModels.margin(model, pair)).isPositive();
                        });
    }

    @Test
    void testsTellTheSamplesOfOneModelApart() throws Exception {
        CodeSnippet larger =
                CodeSnippet.newBuilder(
                                Snippets.java("int larger(int a, int b) { return a > b ? a : b; }"))
                        .setName("larger")
                        .setSignature("int larger(int a, int b)")
                        .build();
        GeneratorPool.Factory models =
                GeneratorPool.Factory.of(
                        "synthesize",
                        List.of(
                                spec(
                                        "sampler",
                                        Role.SAMPLER,
                                        (name, request) ->
                                                AnsweringModel.whole(
                                                        name,
                                                        // The two samples have seeds of their own.
                                                        " return %s(a, b);"
                                                                .formatted(
                                                                        FIRST_SEED.compareAndSet(
                                                                                        null,
                                                                                        request
                                                                                                .seed())
                                                                                ? "Math.max"
                                                                                : "Math.min"))),
                                spec(
                                        "tester",
                                        Role.TESTER,
                                        (name, request) ->
                                                AnsweringModel.whole(
                                                        name,
                                                        "assert larger(1, 2) == 2;\n"
                                                                + "assert larger(2, 1) == 2;"))),
                        3);
        BoundedRun run = new BoundedRun(1);
        StageOutputs<CandidatePair> outputs =
                new SynthesizePipeline(List.of(ModelShares.testContrast(1)), models, 1, 4)
                        .apply(
                                run.from("snippets", CodeSnippet.class, List.of(larger)),
                                run.optOuts(),
                                run.from("dead-letters", DeadLetter.class, List.of()));
        Supplier<List<CandidatePair>> candidates = run.keep(outputs.records());
        try {
            run.execute("self-contrast by tests");
        } catch (Exception failure) {
            Machine.assertRefusal(
                    ExceptionUtils.findThrowableWithMessage(failure, "code of others")
                            .orElseThrow(() -> failure));
            return;
        }

        assertThat(candidates.get())
                .hasSize(1)
                .allSatisfy(
                        pair -> {
                            assertThat(pair.getChosen().getText()).contains("Math.max");
                            assertThat(pair.getChosenPassRate()).isEqualTo(1.0);
                            assertThat(pair.getRejectedPassRate()).isZero();
                            assertThat(pair.getTestsWriter()).isEqualTo("tester");
                        });
    }

    @Test
    void makesNothingOfSnippetsThatAreOptedOut() throws Exception {
        List<CodeSnippet> snippets = Snippets.mutable(2);

        Result result =
                run("opted out", snippets, 2, OptOutExamples.of(snippets.get(0).getRepository()));

        assertThat(result.candidates()).isEmpty();
        assertThat(result.rejections())
                .allSatisfy(
                        rejection -> {
                            assertThat(rejection.getReason()).isEqualTo("opted-out");
                            assertThat(rejection.getSample()).isNull();
                        })
                .extracting(Rejection::getInputId)
                .containsExactlyInAnyOrder(snippets.get(0).getId(), snippets.get(1).getId());
    }

    @Test
    void ofASnippetThatIsLikeAnEarlierOneOnlyItsChangeIsUsed() throws Exception {
        CodeSnippet snippet = Snippets.mutable(1).get(0);
        CodeSnippet changed =
                CodeSnippet.newBuilder(snippet)
                        .setChange(
                                CommitChange.newBuilder()
                                        .setParent("parent")
                                        .setMessage("Fix the limit")
                                        .setChangedFiles(1)
                                        .setBefore(snippet.getText().replace("<", "<="))
                                        .build())
                        .build();
        CodeSnippet revision =
                CodeSnippet.newBuilder(changed).setId("revision").setNearDuplicateOf("x").build();

        Result result = run("changes", List.of(changed, revision), 1);

        assertThat(result.rejections()).isEmpty();
        assertThat(result.candidates())
                .extracting(CandidatePair::getSnippetId, CandidatePair::getStrategy)
                .containsExactlyInAnyOrder(
                        tuple(changed.getId(), "mutation"),
                        tuple(changed.getId(), "commit"),
                        tuple("revision", "commit"));
    }

    private static Result run(
            String name, List<CodeSnippet> snippets, int variants, OptOut... optOuts)
            throws Exception {
        return run(name, snippets, variants, GeneratorPool.Factory.NONE, optOuts);
    }

    private static GeneratorSpec spec(String name, Role role, AnsweringModel.Answers answers) {
        return new GeneratorSpec(
                name,
                AnsweringModel.factory(name, answers),
                Map.of(role, 1.0),
                PromptStyle.CODE,
                Sampling.GREEDY,
                64,
                Duration.ofSeconds(60),
                ReliableSettings.DEFAULTS);
    }

    private static Result run(
            String name,
            List<CodeSnippet> snippets,
            int variants,
            GeneratorPool.Factory models,
            OptOut... optOuts)
            throws Exception {
        MutationSettings settings = new MutationSettings(0.9, 3, 240, 1_024);
        List<StrategyShare> shares = new ArrayList<>();
        shares.add(
                new StrategyShare("mutation", 1, variants, none -> new MutationStrategy(settings)));
        CommitSettings fixes = new CommitSettings(60, 10, 240, 1_024);
        shares.add(new StrategyShare("commit", 1, 1, none -> new CommitStrategy(fixes)));
        if (models.has(Role.STRONG)) {
            shares.add(ModelShares.modelGap(1));
        }
        BoundedRun run = new BoundedRun(2);
        StageOutputs<CandidatePair> outputs =
                new SynthesizePipeline(shares, models, 1, 4)
                        .apply(
                                run.from("snippets", CodeSnippet.class, snippets),
                                run.optOuts(optOuts),
                                run.from("dead-letters", DeadLetter.class, List.of()));
        Supplier<List<CandidatePair>> candidates = run.keep(outputs.records());
        Supplier<List<Rejection>> rejections = run.keep(outputs.rejections());
        run.execute(name);
        return new Result(candidates.get(), rejections.get());
    }
}
