package io.prefstream.synthesize.modelgap;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.Rejection;
import io.prefstream.synthesize.SynthesizePipeline;
import io.prefstream.topics.flink.AvroType;
import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.types.Either;

/**
 * Snippets to candidates by two models.
 *
 * <pre>
 *   snippets ─► choose functions ─► ask generators ─► count attempts ─► candidates
 *                                   (async, shared         │
 *                                    engines)              └──────────► rejections
 * </pre>
 *
 * @param strong opens the model whose answers are chosen
 * @param weak opens the model whose answers are rejected
 */
public record ModelGapStage(
        ModelGapSettings settings, GeneratorFactory strong, GeneratorFactory weak)
        implements Serializable {

    /** How much later than the requests' own deadline the operator gives up. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** The operator whose main output is candidates and whose side output is rejections. */
    public SingleOutputStreamOperator<CandidatePair> apply(DataStream<CodeSnippet> snippets) {
        String stage = SynthesizePipeline.STAGE;
        ModelGapSettings chosen = settings;
        DataStream<CodeSnippet> functions =
                snippets.filter(snippet -> new ModelGap(chosen).wants(snippet))
                        .name(stage + ".choose-functions")
                        .uid(stage + ".choose-functions");
        DataStream<Either<CandidatePair, Rejection>> attempts =
                AsyncDataStream.unorderedWait(
                                functions,
                                new AskGenerators(settings, strong, weak),
                                settings.timeout().plus(GRACE).toMillis(),
                                TimeUnit.MILLISECONDS,
                                settings.capacity())
                        .name(stage + ".ask-generators")
                        .uid(stage + ".ask-generators");
        return attempts.process(new CountAttempts(), AvroType.forRecord(CandidatePair.class))
                .name(stage + ".count-attempts")
                .uid(stage + ".count-attempts");
    }
}
