package io.prefstream.ingest.operators;

import static java.util.Objects.requireNonNull;

import io.prefstream.ingest.FetchedFile;
import io.prefstream.ingest.FetchedItem;
import io.prefstream.ingest.IngestPipeline;
import io.prefstream.ingest.SourceRef;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageLedger;
import io.prefstream.schemas.Rejection;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Sorts what was fetched: files go on, the rest is rejected; counts events out and files in. */
public final class OpenFetched extends ProcessFunction<FetchedItem, FetchedFile>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private transient StageLedger ledger;
    private transient StageLedger.Count eventsOut;
    private transient StageLedger.Count filesIn;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        ledger = StageLedger.restore(IngestPipeline.STAGE, getRuntimeContext(), context);
        eventsOut = ledger.out("event");
        filesIn = ledger.in("file");
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        ledger.snapshot(context);
    }

    @Override
    public void processElement(FetchedItem item, Context context, Collector<FetchedFile> out) {
        switch (item.kind()) {
            case FILE -> {
                filesIn.add();
                out.collect(
                        new FetchedFile(
                                item.source(),
                                requireNonNull(item.path()),
                                requireNonNull(item.bytes()),
                                item.licence(),
                                item.before()));
            }
            case SKIPPED -> {
                filesIn.add();
                context.output(
                        Rejections.TAG,
                        rejection("file", item.source().fileId(requireNonNull(item.path())), item));
            }
            case ENDED -> eventsOut.add();
            case FAILED ->
                    context.output(
                            Rejections.TAG, rejection("event", item.source().eventId(), item));
        }
    }

    private static Rejection rejection(String unit, String inputId, FetchedItem item) {
        SourceRef source = item.source();
        return IngestPipeline.REJECTIONS.of(
                unit,
                requireNonNull(item.reason()),
                inputId,
                source.repository(),
                requireNonNull(item.detail()),
                null,
                source.publishedAt());
    }
}
