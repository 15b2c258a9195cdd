package io.prefstream.validate.margin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.generation.GenerationException;
import io.prefstream.jobs.generators.release.CheckpointUnusableException;
import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Verdict;
import io.prefstream.validate.Candidates;
import io.prefstream.validate.HoldoutSplit;
import io.prefstream.validate.LabelConfidence;
import io.prefstream.validate.PairAssembly;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.DefaultOpenContext;
import org.apache.flink.streaming.api.functions.async.CollectionSupplier;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MarginFunctionTest {

    private static final ReleaseModel RELEASE =
            new ReleaseModel("release-1", "file:///models/1", 10, Instant.EPOCH, List.of());
    private static final PairAssembly ASSEMBLY =
            new PairAssembly(
                    "test/1",
                    1,
                    new HoldoutSplit(0.1, HoldoutSplit.Unit.FILE),
                    new LabelConfidence(0.25, 0.7));

    private final FakeScorer scorer = new FakeScorer();
    private final Results results = new Results();
    private final MarginFunction function =
            new MarginFunction(
                    () -> scorer,
                    new MarginSettings(4, Duration.ofSeconds(5), 3, Duration.ZERO, null),
                    ASSEMBLY);
    private final ScoringTask task = new ScoringTask(draft(), RELEASE);

    @BeforeEach
    void open() {
        function.open(DefaultOpenContext.INSTANCE);
    }

    @AfterEach
    void close() {
        function.close();
    }

    @Test
    void theMarginAndItsModelAreWrittenOnThePair() throws Exception {
        function.asyncInvoke(task, results);
        FakeScorer.Question question = scorer.questions.take();
        question.answer().complete(new MarginScorer.Margin(1.5, "release-2", 1));

        assertThat(question.pair()).isEqualTo(task.draft().getCandidate());
        assertThat(question.model()).isEqualTo(RELEASE);
        PreferencePair pair = results.only();
        assertThat(pair.getMargin()).isEqualTo(1.5);
        assertThat(pair.getMarginModel()).isEqualTo("release-2");
        assertThat(pair.getConfidence()).isGreaterThan(task.draft().getConfidence());
        assertThat(marginOf(pair).getVerdict()).isEqualTo(Verdict.PASS);
        assertThat(marginOf(pair).getValue()).isEqualTo(1.5);
    }

    @Test
    void aFlippedPairIsRecordedAndGoesOn() throws Exception {
        function.asyncInvoke(task, results);
        scorer.questions.take().answer().complete(new MarginScorer.Margin(-0.5, "release-1", 1));

        PreferencePair pair = results.only();
        assertThat(pair.getMargin()).isEqualTo(-0.5);
        assertThat(marginOf(pair).getVerdict()).isEqualTo(Verdict.FAIL);
    }

    @Test
    void theScaleOfItsReleaseMakesTheMarginLogOdds() throws Exception {
        function.asyncInvoke(task, results);
        scorer.questions.take().answer().complete(new MarginScorer.Margin(3, "release-1", 0.5));

        PreferencePair pair = results.only();
        // Odds 847 of a mutation, times e to the power of the weight 0.25 times 0.5 times 3.
        double odds = 847 * Math.exp(0.375);
        assertThat(pair.getConfidence()).isCloseTo(odds / (1 + odds), within(1e-12));
        assertThat(pair.getMargin()).isEqualTo(3);
        assertThat(marginOf(pair).getValue()).isEqualTo(3);
        assertThat(marginOf(pair).getDetail()).contains("log-odds are 0.5 times the margin");
    }

    @Test
    void theScorerSaysWhatIsDoneWithoutARelease() throws Exception {
        function.asyncInvoke(new ScoringTask(draft(), null), results);
        FakeScorer.Question question = scorer.questions.take();
        assertThat(question.model()).isNull();
        question.answer().complete(new MarginScorer.Margin(1, "a server's", 1));

        assertThat(results.only().getMarginModel()).isEqualTo("a server's");
    }

    @Test
    void aRefusalForLoadIsNoAttempt() throws Exception {
        function.asyncInvoke(task, results);
        for (int refusal = 0; refusal < 10; refusal++) {
            fail(GenerationException.overloaded("busy", Duration.ofMillis(1)));
        }
        scorer.questions.take().answer().complete(new MarginScorer.Margin(2, "release-1", 1));

        assertThat(results.only().getMargin()).isEqualTo(2);
    }

    @Test
    void whatAModelRefusesIsNotAskedAgain() throws Exception {
        function.asyncInvoke(task, results);
        fail(new GenerationException("a text of 300 tokens exceeds the context of 256"));

        assertSkipped(
                "no margin after 1 of validate.margin.attempts=3:"
                        + " io.prefstream.generation.GenerationException: a text of 300 tokens"
                        + " exceeds the context of 256");
        assertThat(scorer.questions).isEmpty();
    }

    @Test
    void aFailedAttemptIsMadeAgain() throws Exception {
        function.asyncInvoke(task, results);
        fail(new IllegalStateException("out of memory"));
        fail(new IllegalStateException("out of memory"));
        scorer.questions.take().answer().complete(new MarginScorer.Margin(2, "release-1", 1));

        assertThat(results.only().getMargin()).isEqualTo(2);
    }

    @Test
    void afterTheLastAttemptThePairGoesOnWithoutAMargin() throws Exception {
        function.asyncInvoke(task, results);
        for (int attempt = 0; attempt < 3; attempt++) {
            fail(new IllegalStateException("out of memory"));
        }

        assertSkipped(
                "no margin after 3 of validate.margin.attempts=3:"
                        + " java.lang.IllegalStateException: out of memory");
    }

    @Test
    void anUnusableCheckpointIsNotTriedAgain() throws Exception {
        function.asyncInvoke(task, results);
        fail(new CheckpointUnusableException("checkpoint release-1 is unusable: gone", null));

        assertSkipped("checkpoint release-1 is unusable: gone");
        assertThat(scorer.questions).isEmpty();
    }

    @Test
    void aMarginThatIsNoNumberIsNone() throws Exception {
        function.asyncInvoke(task, results);
        scorer.questions.take().answer().complete(new MarginScorer.Margin(Double.NaN, "bad", 1));

        assertSkipped("checkpoint bad gives a margin of NaN");
    }

    @Test
    void aTimeoutSendsThePairOnAndGivesUpTheQuestion() throws Exception {
        function.asyncInvoke(task, results);
        FakeScorer.Question question = scorer.questions.take();
        function.timeout(task, results);

        assertSkipped("no answer within validate.margin.timeout=PT5S");
        assertThat(question.answer()).isCancelled();
        assertThat(question.answer().complete(new MarginScorer.Margin(1, "late", 1))).isFalse();
        assertThat(results.completions).isEmpty();
        assertThat(scorer.questions).isEmpty();
    }

    @Test
    void anAnswerThatRacesTheTimeoutGivesExactlyOnePair() throws Exception {
        int answers = 0;
        for (int round = 0; round < 2_000; round++) {
            ScoringTask one = new ScoringTask(draft(), RELEASE);
            function.asyncInvoke(one, results);
            FakeScorer.Question question = scorer.questions.take();
            CyclicBarrier start = new CyclicBarrier(2);
            CompletableFuture<Void> answering =
                    CompletableFuture.runAsync(
                            () -> {
                                await(start);
                                question.answer().complete(new MarginScorer.Margin(1, "m", 1));
                            });
            await(start);
            function.timeout(one, results);
            answering.get(10, TimeUnit.SECONDS);

            PreferencePair pair = results.only();
            answers += pair.getMargin() == null ? 0 : 1;
            assertThat(marginOf(pair).getVerdict()).isIn(Verdict.PASS, Verdict.SKIPPED);
        }
        assertThat(answers).isBetween(0, 2_000);
    }

    private void fail(Throwable failure) throws InterruptedException {
        scorer.questions.take().answer().completeExceptionally(failure);
    }

    private void assertSkipped(String why) throws InterruptedException {
        PreferencePair pair = results.only();
        assertThat(pair.getMargin()).isNull();
        assertThat(pair.getMarginModel()).isNull();
        assertThat(pair.getConfidence()).isEqualTo(423.5 / 424);
        assertThat(marginOf(pair).getVerdict()).isEqualTo(Verdict.SKIPPED);
        assertThat(marginOf(pair).getDetail()).isEqualTo(why);
    }

    private static CheckOutcome marginOf(PreferencePair pair) {
        assertThat(pair.getChecks()).hasSize(1);
        assertThat(pair.getChecks().get(0).getCheck()).isEqualTo("margin");
        return pair.getChecks().get(0);
    }

    private static PreferencePair draft() {
        return ASSEMBLY.draft(Candidates.good(), List.of());
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Keeps every completion, so that a second one is seen. */
    private static final class Results implements ResultFuture<PreferencePair> {

        final BlockingQueue<Collection<PreferencePair>> completions = new LinkedBlockingQueue<>();

        PreferencePair only() throws InterruptedException {
            Collection<PreferencePair> first = completions.poll(10, TimeUnit.SECONDS);
            assertThat(first).hasSize(1);
            assertThat(completions).isEmpty();
            return first.iterator().next();
        }

        @Override
        public void complete(Collection<PreferencePair> result) {
            completions.add(result);
        }

        @Override
        public void completeExceptionally(Throwable error) {
            throw new AssertionError("the job would fail", error);
        }

        @Override
        public void complete(CollectionSupplier<PreferencePair> supplier) {
            throw new AssertionError("not used");
        }
    }
}
