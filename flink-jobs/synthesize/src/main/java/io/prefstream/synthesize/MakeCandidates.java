package io.prefstream.synthesize;

import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.generators.AskModels;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.Rejection;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.topics.flink.AvroType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.types.Either;

/**
 * Makes the attempts of each snippet, without holding up the stream while models are asked. A
 * snippet goes out once, as the candidates and rejections of all its attempts.
 *
 * <p>What is attempted again after a restore gives the same records.
 */
final class MakeCandidates extends AskModels<SnippetTask, Either<CandidatePair, Rejection>>
        implements ResultTypeQueryable<Either<CandidatePair, Rejection>> {

    private static final long serialVersionUID = 1L;

    private final List<StrategyShare> shares;
    private final long seed;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient List<Strategy> strategies;

    MakeCandidates(List<StrategyShare> shares, GeneratorPool.Factory models, long seed) {
        super(models);
        this.shares = List.copyOf(shares);
        this.seed = seed;
    }

    /** Said by hand: Flink cannot derive the type of an Avro record without setters. */
    @Override
    public TypeInformation<Either<CandidatePair, Rejection>> getProducedType() {
        return new EitherTypeInfo<>(
                AvroType.forRecord(CandidatePair.class), AvroType.forRecord(Rejection.class));
    }

    @Override
    protected void opened(GeneratorPool pool, MetricGroup metrics) {
        strategies = shares.stream().map(share -> share.factory().create(pool)).toList();
        for (Language language : Language.values()) {
            MetricGroup gap = metrics.addGroup("language", language.code()).addGroup("gap");
            gap.gauge("wholeAnswers", (Gauge<Double>) () -> pool.gap().gap(language));
            gap.gauge("closed", (Gauge<Integer>) () -> pool.gap().isClosed(language) ? 1 : 0);
        }
    }

    @Override
    public void asyncInvoke(
            SnippetTask task, ResultFuture<Either<CandidatePair, Rejection>> result) {
        CodeSnippet snippet = task.snippet();
        RetryBudget budget = begin(snippet.getId());
        List<String> names = new ArrayList<>();
        List<CompletableFuture<Attempt>> attempts = new ArrayList<>();
        for (int i = 0; i < shares.size(); i++) {
            StrategyShare share = shares.get(i);
            if (strategies.get(i).suits(snippet) && share.covers(snippet, seed)) {
                for (int variant = 0; variant < share.variants(); variant++) {
                    names.add(share.name() + "/" + variant);
                    long attemptSeed = share.seed(snippet, variant, seed);
                    attempts.add(
                            strategies
                                    .get(i)
                                    .attempt(snippet, task.release(), attemptSeed, budget));
                }
            }
        }
        CompletableFuture<?> unused =
                CompletableFuture.allOf(attempts.toArray(CompletableFuture<?>[]::new))
                        .whenComplete(
                                (nothing, failure) -> {
                                    done(snippet.getId(), budget);
                                    if (failure == null) {
                                        result.complete(outcomes(snippet, names, attempts));
                                    } else {
                                        result.completeExceptionally(failure);
                                    }
                                });
    }

    private static List<Either<CandidatePair, Rejection>> outcomes(
            CodeSnippet snippet, List<String> names, List<CompletableFuture<Attempt>> attempts) {
        Set<String> made = new HashSet<>();
        List<Either<CandidatePair, Rejection>> outcomes = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Attempt attempt = attempts.get(i).join();
            if (attempt instanceof Candidate candidate && !made.add(candidate.pair().getId())) {
                attempt =
                        new NoCandidate(
                                SynthesizeReason.DUPLICATE_VARIANT,
                                "attempt %s repeats an earlier one of the same snippet"
                                        .formatted(names.get(i)));
            }
            if (attempt instanceof Candidate candidate) {
                outcomes.add(Either.Left(candidate.pair()));
            } else if (attempt instanceof NoCandidate none) {
                outcomes.add(
                        Either.Right(SynthesizePipeline.noCandidate(snippet, names.get(i), none)));
            }
        }
        return outcomes;
    }
}
