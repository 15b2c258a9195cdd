package io.prefstream.ingest.operators;

import io.prefstream.ingest.CutFunction;
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

/** Lets each function pass once within the expiry, as a snippet. Keyed by snippet id. */
public final class DropDuplicateFunctions
        extends KeyedProcessFunction<String, CutFunction, CodeSnippet> {

    private static final long serialVersionUID = 1L;

    private final Duration expiry;
    private transient FirstSeen functions;

    public DropDuplicateFunctions(Duration expiry) {
        this.expiry = expiry;
    }

    @Override
    public void open(OpenContext context) {
        functions = FirstSeen.open(getRuntimeContext(), "functions-seen", expiry);
    }

    @Override
    public void processElement(CutFunction function, Context context, Collector<CodeSnippet> out)
            throws Exception {
        Optional<String> earlier = functions.before(function.id());
        if (earlier.isEmpty()) {
            out.collect(function.snippet(IngestPipeline.PRODUCER));
        } else {
            context.output(
                    Rejections.TAG,
                    CutFunctions.functionRejection(
                            function,
                            new Refusal(
                                    IngestReason.DUPLICATE_FUNCTION,
                                    "the same function as " + earlier.get())));
        }
    }
}
