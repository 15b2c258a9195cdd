package io.prefstream.synthesize;

import io.prefstream.execution.SandboxException;
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
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.api.java.typeutils.ListTypeInfo;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.types.Either;

/**
 * Makes the attempts of each snippet, without holding up the stream while models are asked. A
 * snippet goes out once, as the list of the candidates and rejections of all its attempts, which
 * may be none.
 *
 * <p>What is attempted again after a restore gives the same records.
 */
final class MakeCandidates extends AskModels<SnippetTask, List<Either<CandidatePair, Rejection>>>
        implements ResultTypeQueryable<List<Either<CandidatePair, Rejection>>> {

    private static final long serialVersionUID = 1L;

    private final Recipe recipe;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient Attempts attempts;

    MakeCandidates(Recipe recipe, GeneratorPool.Factory models) {
        super(models);
        this.recipe = recipe;
    }

    /** Said by hand: Flink cannot derive the type of an Avro record without setters. */
    @Override
    public TypeInformation<List<Either<CandidatePair, Rejection>>> getProducedType() {
        return new ListTypeInfo<>(
                new EitherTypeInfo<>(
                        AvroType.forRecord(CandidatePair.class),
                        AvroType.forRecord(Rejection.class)));
    }

    @Override
    protected void opened(GeneratorPool pool, MetricGroup metrics)
            throws IOException, InterruptedException {
        try {
            attempts = new Attempts(recipe, pool);
        } catch (SandboxException e) {
            throw new SuppressRestartsException(e); // The machine won't be another one.
        }
        MetricGroup tests = metrics.addGroup("tests");
        tests.gauge("written", (Gauge<Long>) () -> attempts.tests().written());
        tests.gauge("missing", (Gauge<Long>) () -> attempts.tests().missing());
        if (pool.tells()) {
            tellGap(pool, metrics);
        }
    }

    private static void tellGap(GeneratorPool pool, MetricGroup metrics) {
        for (Language language : Language.values()) {
            MetricGroup gap = metrics.addGroup("language", language.code()).addGroup("gap");
            gap.gauge("wholeAnswers", (Gauge<Double>) () -> pool.gap().gap(language));
            gap.gauge("closed", (Gauge<Integer>) () -> pool.gap().isClosed(language) ? 1 : 0);
        }
    }

    @Override
    protected void closing() {
        if (attempts != null) {
            attempts.close();
        }
    }

    @Override
    public void asyncInvoke(
            SnippetTask task, ResultFuture<List<Either<CandidatePair, Rejection>>> result) {
        CodeSnippet snippet = task.snippet();
        RetryBudget budget = begin(snippet.getId());
        CompletableFuture<?> unused =
                attempts.of(task, budget)
                        .whenComplete(
                                (made, failure) -> {
                                    done(snippet.getId(), budget);
                                    if (failure == null) {
                                        result.complete(List.of(outcomes(snippet, made)));
                                    } else {
                                        result.completeExceptionally(failure);
                                    }
                                });
    }

    private static List<Either<CandidatePair, Rejection>> outcomes(
            CodeSnippet snippet, List<Attempts.Made> made) {
        List<Either<CandidatePair, Rejection>> outcomes = new ArrayList<>();
        for (Attempts.Made each : made) {
            if (each.attempt() instanceof Candidate candidate) {
                outcomes.add(Either.Left(candidate.pair()));
            } else if (each.attempt() instanceof NoCandidate none) {
                outcomes.add(
                        Either.Right(SynthesizePipeline.noCandidate(snippet, each.name(), none)));
            }
        }
        return outcomes;
    }
}
