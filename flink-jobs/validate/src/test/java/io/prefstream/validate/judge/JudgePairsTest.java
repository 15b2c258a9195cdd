package io.prefstream.validate.judge;

import static io.prefstream.jobs.generators.testing.AnsweringModel.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.Sampling;
import io.prefstream.generation.reliable.ReliableSettings;
import io.prefstream.jobs.common.testing.BoundedRun;
import io.prefstream.jobs.common.testing.LedgerReadings;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.GeneratorSpec;
import io.prefstream.jobs.generators.PromptStyle;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.testing.AnsweringModel;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Verdict;
import io.prefstream.validate.Candidates;
import io.prefstream.validate.HoldoutSplit;
import io.prefstream.validate.LabelConfidence;
import io.prefstream.validate.PairAssembly;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JudgePairsTest {

    private static final PairAssembly ASSEMBLY =
            new PairAssembly(
                    "test/1",
                    1,
                    new HoldoutSplit(0, HoldoutSplit.Unit.FILE),
                    new LabelConfidence(0.25, 0.8));

    @RegisterExtension
    private static final MiniClusterExtension FLINK = TwoSlots.cluster(new LedgerReadings());

    @Test
    void everyPairLeavesOnceWithAllVotes() throws Exception {
        List<PreferencePair> judged = judge("knows", 3, JudgePairsTest::larger);

        assertThat(judged)
                .extracting(PreferencePair::getId)
                .containsExactlyInAnyOrderElementsOf(
                        Candidates.good(20).stream().map(CandidatePair::getId).toList());
        assertThat(judged)
                .allSatisfy(
                        pair -> {
                            assertThat(votes(pair))
                                    .hasSize(3)
                                    .extracting(CheckOutcome::getValue)
                                    .containsOnly(1.0);
                            // Odds 847 of a mutation times 4 of the judges.
                            assertThat(pair.getConfidence())
                                    .isCloseTo(3388.0 / 3389, within(1e-12));
                        });
    }

    @Test
    void aJudgeThatAlwaysNamesTheFirstSaysNothing() throws Exception {
        assertThat(judge("first", 2, (model, request) -> whole(model, "[[A]]")))
                .hasSize(20)
                .allSatisfy(
                        pair -> {
                            assertThat(votes(pair))
                                    .extracting(CheckOutcome::getValue)
                                    .containsExactly(0.0, 0.0);
                            assertThat(support(pair).getVerdict()).isEqualTo(Verdict.PASS);
                            assertThat(support(pair).getValue()).isEqualTo(0.5);
                            assertThat(pair.getConfidence()).isEqualTo(423.5 / 424);
                        });
    }

    @Test
    void whoSaysNothingUsableAbstains() throws Exception {
        assertThat(judge("mute", 1, (model, request) -> whole(model, "Both look fine to me.")))
                .hasSize(20)
                .allSatisfy(
                        pair -> {
                            CheckOutcome vote = votes(pair).get(0);
                            assertThat(vote.getVerdict()).isEqualTo(Verdict.SKIPPED);
                            assertThat(vote.getDetail())
                                    .isEqualTo("no [[A]], [[B]] or [[C]] in an answer of judge");
                            assertThat(support(pair))
                                    .isEqualTo(
                                            new CheckOutcome(
                                                    "judge-support",
                                                    Verdict.SKIPPED,
                                                    null,
                                                    "no judge voted, of 1 asked"));
                            assertThat(pair.getConfidence()).isEqualTo(423.5 / 424);
                        });
    }

    @Test
    void aRequestThatIsRefusedIsAnAbstentionThatSaysWhy() throws Exception {
        AnsweringModel.Answers tooLong =
                (model, request) -> {
                    throw new GenerationException("prompt of 9,000 tokens exceeds 8,192");
                };

        assertThat(judge("refuses", 1, tooLong))
                .hasSize(20)
                .allSatisfy(
                        pair ->
                                assertThat(votes(pair).get(0).getDetail())
                                        .isEqualTo("prompt of 9,000 tokens exceeds 8,192"));
    }

    @Test
    void theSamePairsGetTheSameVotes() throws Exception {
        AnsweringModel.Answers bySeed =
                (model, request) -> whole(model, request.seed() % 2 == 0 ? "[[A]]" : "[[B]]");

        List<PreferencePair> once = judge("once", 4, bySeed);
        List<PreferencePair> again = judge("again", 4, bySeed);

        assertThat(again).containsExactlyInAnyOrderElementsOf(once);
        assertThat(once.stream().flatMap(pair -> votes(pair).stream()))
                .extracting(CheckOutcome::getValue)
                .contains(-1.0, 0.0, 1.0);
    }

    /** Prefers the side that returns the larger one. */
    private static Generation larger(String model, GenerationRequest request) {
        String shown = ((Prompt.Chat) request.prompt()).messages().get(0).content();
        boolean first = shown.indexOf("a > b ? a : b") < shown.indexOf("a > b ? b : a");
        return whole(model, first ? "A is right. [[A]]" : "B is right. [[B]]");
    }

    /** Behind all votes. */
    private static CheckOutcome support(PreferencePair pair) {
        return pair.getChecks().get(pair.getChecks().size() - 1);
    }

    private static List<CheckOutcome> votes(PreferencePair pair) {
        return pair.getChecks().stream()
                .filter(outcome -> outcome.getCheck().equals("judge-vote"))
                .toList();
    }

    private static List<PreferencePair> judge(String name, int votes, AnsweringModel.Answers judge)
            throws Exception {
        GeneratorSpec spec =
                new GeneratorSpec(
                        "judge",
                        AnsweringModel.factory("judge", judge),
                        Map.of(Role.JUDGE, 1.0),
                        PromptStyle.CHAT,
                        new Sampling(0.7, 1, 0, 0, 1),
                        64,
                        Duration.ofSeconds(30),
                        ReliableSettings.DEFAULTS);
        JudgeSettings settings =
                new JudgeSettings(
                        GeneratorPool.Factory.of("test", List.of(spec), 1),
                        votes,
                        4,
                        new JudgeRule(0.5));
        List<PreferencePair> drafts =
                IntStream.range(0, 20)
                        .mapToObj(i -> ASSEMBLY.draft(Candidates.number(i), List.of()))
                        .toList();
        BoundedRun run = new BoundedRun(2);
        Supplier<List<PreferencePair>> judged =
                run.keep(
                        AsyncDataStream.unorderedWait(
                                        run.from("drafts", PreferencePair.class, drafts),
                                        new JudgePairs(settings, ASSEMBLY),
                                        0,
                                        TimeUnit.MILLISECONDS,
                                        settings.capacity())
                                .uid("judge"));
        run.execute(name);
        return judged.get();
    }
}
