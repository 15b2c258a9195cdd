package io.prefstream.ingest.operators;

import io.prefstream.ingest.CutPart;
import io.prefstream.ingest.IngestPipeline;
import io.prefstream.ingest.IngestReason;
import io.prefstream.ingest.filter.Refusal;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.schemas.CodeSnippet;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Lets each part pass once within the expiry, as a snippet. Keyed by snippet id. */
public final class DropDuplicateParts extends KeyedProcessFunction<String, CutPart, CodeSnippet> {

    private static final long serialVersionUID = 1L;

    private final Duration expiry;
    private transient FirstSeen parts;

    public DropDuplicateParts(Duration expiry) {
        this.expiry = expiry;
    }

    @Override
    public void open(OpenContext context) {
        parts = FirstSeen.open(getRuntimeContext(), "parts-seen", expiry);
    }

    @Override
    public void processElement(CutPart part, Context context, Collector<CodeSnippet> out)
            throws Exception {
        Optional<String> earlier = parts.before(part.id());
        if (earlier.isEmpty()) {
            out.collect(part.snippet(IngestPipeline.PRODUCER));
        } else {
            context.output(
                    Rejections.TAG,
                    CutParts.partRejection(
                            part,
                            new Refusal(
                                    IngestReason.DUPLICATE_SNIPPET,
                                    "the same code as " + earlier.get())));
        }
    }
}
