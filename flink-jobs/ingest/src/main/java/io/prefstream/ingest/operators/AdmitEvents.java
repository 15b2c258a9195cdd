package io.prefstream.ingest.operators;

import io.prefstream.ingest.IngestPipeline;
import io.prefstream.ingest.IngestReason;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageLedger;
import io.prefstream.schemas.FeedGap;
import io.prefstream.schemas.RepoEvent;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Counts the events and lets those pass that point to something. */
public final class AdmitEvents extends ProcessFunction<RepoEvent, RepoEvent>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private transient StageLedger ledger;
    private transient StageLedger.Count eventsIn;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        ledger = StageLedger.restore(IngestPipeline.STAGE, getRuntimeContext(), context);
        eventsIn = ledger.in("event");
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        ledger.snapshot(context);
    }

    @Override
    public void processElement(RepoEvent event, Context context, Collector<RepoEvent> out) {
        eventsIn.add();
        if (event.getBody() instanceof FeedGap gap) {
            context.output(
                    Rejections.TAG,
                    IngestPipeline.REJECTIONS.of(
                            "event",
                            IngestReason.FEED_GAP,
                            event.getId(),
                            null,
                            "feed %s lost its events from %s to %s: %s"
                                    .formatted(
                                            event.getFeed(),
                                            gap.getFrom(),
                                            gap.getTo(),
                                            gap.getWhy()),
                            null,
                            gap.getFrom()));
        } else {
            out.collect(event);
        }
    }
}
