package io.prefstream.ingest.neardup;

import io.prefstream.ingest.IngestPipeline;
import io.prefstream.ingest.IngestReason;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.topics.flink.AvroType;
import java.util.Locale;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Holds a snippet until all its bands have had their say, then lets it pass or rejects it: once.
 * Keyed by snippet id.
 *
 * <p>Bands say nothing where they find nothing. That they have seen the snippet follows from the
 * watermark: it comes after the probes on every way through the bands.
 */
final class DecideOnce
        extends KeyedCoProcessFunction<String, CodeSnippet, NearDuplicate, CodeSnippet> {

    private static final long serialVersionUID = 1L;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient ValueState<CodeSnippet> waiting;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient ValueState<NearDuplicate> closest;

    @Override
    public void open(OpenContext context) {
        waiting =
                getRuntimeContext()
                        .getState(
                                new ValueStateDescriptor<>(
                                        "near-dup-waiting", AvroType.forRecord(CodeSnippet.class)));
        closest =
                getRuntimeContext()
                        .getState(
                                new ValueStateDescriptor<>(
                                        "near-dup-closest",
                                        TypeInformation.of(NearDuplicate.class)));
    }

    @Override
    public void processElement1(CodeSnippet snippet, Context context, Collector<CodeSnippet> out)
            throws Exception {
        waiting.update(snippet);
        context.timerService().registerEventTimeTimer(context.timestamp());
    }

    @Override
    public void processElement2(NearDuplicate found, Context context, Collector<CodeSnippet> out)
            throws Exception {
        NearDuplicate known = closest.value();
        closest.update(known == null ? found : known.orCloser(found));
        context.timerService().registerEventTimeTimer(found.seenAt());
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<CodeSnippet> out)
            throws Exception {
        CodeSnippet snippet = waiting.value();
        NearDuplicate found = closest.value();
        if (found != null) {
            closest.clear();
        }
        if (snippet == null) {
            return;
        }
        waiting.clear();
        if (found == null) {
            out.collect(snippet);
        } else {
            context.output(
                    Rejections.TAG,
                    IngestPipeline.REJECTIONS.of(
                            snippet.getKind().name().toLowerCase(Locale.ROOT),
                            IngestReason.NEAR_DUPLICATE,
                            snippet.getId(),
                            snippet.getRepository(),
                            "near-duplicate of %s, estimated similarity %.3f"
                                    .formatted(found.earlierId(), found.similarity()),
                            snippet.getText(),
                            snippet.getPublishedAt()));
        }
    }
}
