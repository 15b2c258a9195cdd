package io.prefstream.validate.bias;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Deals a pair's sample out to its groups, and notes and counts where its time is not its own
 * ({@code prefstream.stage.<stage>.movedPairs}).
 */
final class SplitByGroup extends ProcessFunction<BiasSample, BiasSample.OfGroup> {

    private static final long serialVersionUID = 1L;

    private final String stage;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient Counter movedPairs;

    SplitByGroup(String stage) {
        this.stage = stage;
    }

    @Override
    public void open(OpenContext context) {
        movedPairs =
                getRuntimeContext()
                        .getMetricGroup()
                        .addGroup("prefstream")
                        .addGroup("stage", stage)
                        .counter("movedPairs");
    }

    @Override
    public void processElement(
            BiasSample sample, Context context, Collector<BiasSample.OfGroup> out) {
        boolean moved = context.timestamp() != sample.publishedAt();
        if (moved) {
            movedPairs.inc();
        }
        BiasTally tally = moved ? sample.tally().elsewhere() : sample.tally();
        for (String group : sample.groups()) {
            out.collect(new BiasSample.OfGroup(group, tally));
        }
    }
}
