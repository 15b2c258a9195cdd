package io.prefstream.synthesize.modelgap;

import io.prefstream.generation.TextGenerator;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.Rejection;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.SynthesizePipeline;
import io.prefstream.synthesize.SynthesizeReason;
import io.prefstream.topics.flink.AvroType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.types.Either;
import org.jspecify.annotations.Nullable;

/**
 * Asks the strong and the weak model for a snippet's function, without holding up the stream. Each
 * snippet that comes in goes out, once: as a candidate or as a rejection. What is under way at a
 * checkpoint is asked again after a restore and gives the same answers.
 */
public final class AskGenerators
        extends RichAsyncFunction<CodeSnippet, Either<CandidatePair, Rejection>>
        implements ResultTypeQueryable<Either<CandidatePair, Rejection>> {

    private static final long serialVersionUID = 1L;

    private final ModelGapSettings settings;
    private final GeneratorFactory strongModel;
    private final GeneratorFactory weakModel;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient ModelGap gap;

    private transient @Nullable TextGenerator strong;
    private transient @Nullable TextGenerator weak;

    public AskGenerators(
            ModelGapSettings settings, GeneratorFactory strongModel, GeneratorFactory weakModel) {
        this.settings = settings;
        this.strongModel = strongModel;
        this.weakModel = weakModel;
    }

    /** Said by hand: Flink cannot derive the type of an Avro record without setters. */
    @Override
    public TypeInformation<Either<CandidatePair, Rejection>> getProducedType() {
        return new EitherTypeInfo<>(
                AvroType.forRecord(CandidatePair.class), AvroType.forRecord(Rejection.class));
    }

    @Override
    public void open(OpenContext context) throws Exception {
        gap = new ModelGap(settings);
        strong = strongModel.open();
        weak = weakModel.open();
    }

    @Override
    public void close() {
        if (strong != null) {
            strong.close();
        }
        if (weak != null) {
            weak.close();
        }
    }

    @Override
    public void asyncInvoke(
            CodeSnippet snippet, ResultFuture<Either<CandidatePair, Rejection>> result) {
        if (strong == null || weak == null) {
            throw new IllegalStateException("not open");
        }
        CompletableFuture<?> unused =
                gap.attempt(snippet, strong, weak)
                        .whenComplete(
                                (attempt, failure) -> {
                                    if (failure == null) {
                                        result.complete(List.of(outcome(snippet, attempt)));
                                    } else {
                                        result.completeExceptionally(failure);
                                    }
                                });
    }

    /** The models have a deadline of their own, which is earlier: this is for one that hangs. */
    @Override
    public void timeout(
            CodeSnippet snippet, ResultFuture<Either<CandidatePair, Rejection>> result) {
        result.complete(
                List.of(
                        outcome(
                                snippet,
                                new NoCandidate(
                                        SynthesizeReason.GENERATION_TIMED_OUT,
                                        "a generator kept no deadline"))));
    }

    private static Either<CandidatePair, Rejection> outcome(CodeSnippet snippet, Attempt attempt) {
        if (attempt instanceof Candidate candidate) {
            return Either.Left(candidate.pair());
        }
        NoCandidate none = (NoCandidate) attempt;
        return Either.Right(SynthesizePipeline.noCandidate(snippet, ModelGap.NAME + "/0", none));
    }
}
