package io.prefstream.synthesize;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.generation.Sampling;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.jobs.common.testing.BoundedRun;
import io.prefstream.jobs.common.testing.LedgerReadings;
import io.prefstream.jobs.common.testing.OptOutExamples;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.Rejection;
import io.prefstream.synthesize.modelgap.AnsweringModel;
import io.prefstream.synthesize.modelgap.ModelGapSettings;
import io.prefstream.synthesize.modelgap.ModelGapStage;
import io.prefstream.synthesize.modelgap.PromptStyle;
import io.prefstream.synthesize.mutation.MutationSettings;
import io.prefstream.synthesize.mutation.MutationStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SynthesizePipelineTest {

    private static final LedgerReadings LEDGER = new LedgerReadings();

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
        ModelGapSettings settings =
                new ModelGapSettings(
                        1,
                        PromptStyle.CODE,
                        Sampling.GREEDY,
                        64,
                        Duration.ofSeconds(60),
                        4,
                        240,
                        1_024,
                        1);
        ModelGapStage gap =
                new ModelGapStage(
                        settings,
                        AnsweringModel.factory(
                                "strong",
                                (model, request) -> AnsweringModel.whole(model, " ok();")),
                        AnsweringModel.factory(
                                "weak",
                                (model, request) ->
                                        request.seed() % 2 == 0
                                                ? AnsweringModel.cut(model, " no(")
                                                : AnsweringModel.whole(model, " no();")));

        Result result = run("two models", Snippets.mutable(40), 1, Optional.of(gap));

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

    private static Result run(
            String name, List<CodeSnippet> snippets, int variants, OptOut... optOuts)
            throws Exception {
        return run(name, snippets, variants, Optional.empty(), optOuts);
    }

    private static Result run(
            String name,
            List<CodeSnippet> snippets,
            int variants,
            Optional<ModelGapStage> modelGap,
            OptOut... optOuts)
            throws Exception {
        MutationSettings settings = new MutationSettings(0.9, 3, 240, 1_024);
        BoundedRun run = new BoundedRun(2);
        StageOutputs<CandidatePair> outputs =
                new SynthesizePipeline(() -> new MutationStrategy(settings), variants, 1, modelGap)
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
