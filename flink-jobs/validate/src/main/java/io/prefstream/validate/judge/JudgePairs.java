package io.prefstream.validate.judge;

import io.prefstream.generation.Generation;
import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.generators.AskModels;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.Writer;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.validate.PairAssembly;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.async.ResultFuture;

/**
 * Has models vote on each pair, and writes on it the votes and the support that they give. Each
 * pair that comes in goes out, once: a judge that says nothing usable, or whose tries are used up,
 * abstains.
 *
 * <p>Who is asked and with which seeds follows from the pair's id: a replay asks the same.
 */
public final class JudgePairs extends AskModels<PreferencePair, PreferencePair>
        implements ResultTypeQueryable<PreferencePair> {

    private static final long serialVersionUID = 1L;

    private final int votes;
    private final JudgeRule rule;
    private final PairAssembly assembly;

    @SuppressWarnings("NullAway.Init") // in opened()
    private transient GeneratorPool judges;

    public JudgePairs(JudgeSettings settings, PairAssembly assembly) {
        super(settings.models());
        this.votes = settings.votes();
        this.rule = settings.rule();
        this.assembly = assembly;
    }

    /** Said by hand: Flink cannot derive the type of an Avro record without setters. */
    @Override
    public TypeInformation<PreferencePair> getProducedType() {
        return AvroType.forRecord(PreferencePair.class);
    }

    @Override
    protected void opened(GeneratorPool pool, MetricGroup metrics) {
        judges = pool;
    }

    @Override
    public void asyncInvoke(PreferencePair draft, ResultFuture<PreferencePair> result) {
        RetryBudget budget = begin(draft.getId());
        List<CompletableFuture<CheckOutcome>> cast =
                IntStream.range(0, votes)
                        .mapToObj(number -> vote(draft.getCandidate(), number, budget))
                        .toList();
        CompletableFuture<?> unused =
                CompletableFuture.allOf(cast.toArray(CompletableFuture<?>[]::new))
                        .whenComplete(
                                (nothing, failure) -> {
                                    done(draft.getId(), budget);
                                    if (failure == null) {
                                        List<CheckOutcome> outcomes =
                                                new ArrayList<>(
                                                        cast.stream()
                                                                .map(CompletableFuture::join)
                                                                .toList());
                                        outcomes.add(rule.outcome(outcomes));
                                        result.complete(List.of(assembly.with(draft, outcomes)));
                                    } else {
                                        result.completeExceptionally(failure);
                                    }
                                });
    }

    private CompletableFuture<CheckOutcome> vote(
            CandidatePair pair, int number, RetryBudget budget) {
        String id = pair.getId();
        String vote = "judge " + number;
        Writer judge = judges.writer(Role.JUDGE, ContentId.fraction(id, vote));
        return ask(judge, pair, true, ContentId.seed(id, vote, "chosen first"), budget)
                .thenCombine(
                        ask(judge, pair, false, ContentId.seed(id, vote, "rejected first"), budget),
                        (first, second) ->
                                Vote.of(
                                                first.model(),
                                                Preferred.in(first.text()),
                                                Preferred.in(second.text()))
                                        .map(Vote::asCheck)
                                        .orElseGet(
                                                () ->
                                                        Vote.abstained(
                                                                "no [[A]], [[B]] or [[C]] in an"
                                                                        + " answer of "
                                                                        + first.model())))
                .exceptionally(JudgePairs::failed);
    }

    private static CompletableFuture<Generation> ask(
            Writer judge, CandidatePair pair, boolean chosenFirst, long seed, RetryBudget budget) {
        return judge.ask(JudgePrompt.of(pair, chosenFirst), List.of(), seed, budget);
    }

    private static CheckOutcome failed(Throwable failure) {
        return Vote.abstained(String.valueOf(Writer.ownFailure(failure).getMessage()));
    }
}
