package io.prefstream.ingest.operators;

import io.prefstream.ingest.IngestPipeline;
import io.prefstream.ingest.IngestReason;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageLedger;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FeedGap;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Counts the events and lets those pass that point to something, each once: a commit that several
 * feeds tell of has one event id, and is fetched for the first of them. Keyed by event id.
 */
public final class AdmitEvents extends KeyedProcessFunction<String, RepoEvent, RepoEvent>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private final Duration expiry;
    private transient FirstSeen seen;
    private transient StageLedger ledger;
    private transient StageLedger.Count eventsIn;

    /**
     * @param expiry how long an event is remembered after it was last seen
     */
    public AdmitEvents(Duration expiry) {
        this.expiry = expiry;
    }

    @Override
    public void open(OpenContext context) {
        seen = FirstSeen.open(getRuntimeContext(), "events-seen", expiry);
    }

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
    public void processElement(RepoEvent event, Context context, Collector<RepoEvent> out)
            throws Exception {
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
            return;
        }
        String delivery = event.getFeed() + " " + event.getDeliveryId();
        Optional<String> earlier = seen.before(delivery);
        if (earlier.isEmpty()) {
            out.collect(event);
            return;
        }
        Publication publication = (Publication) event.getBody();
        context.output(
                Rejections.TAG,
                IngestPipeline.REJECTIONS.of(
                        "event",
                        IngestReason.DUPLICATE_EVENT,
                        ContentId.of(event.getId(), delivery, event.getObservedAt().toString()),
                        publication.getRepository(),
                        "%s of revision %s came before, from %s"
                                .formatted(event.getId(), publication.getRevision(), earlier.get()),
                        null,
                        publication.getPublishedAt()));
    }
}
