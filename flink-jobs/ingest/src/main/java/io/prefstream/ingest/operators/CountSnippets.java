package io.prefstream.ingest.operators;

import io.prefstream.ingest.IngestPipeline;
import io.prefstream.jobs.common.StageLedger;
import io.prefstream.schemas.CodeSnippet;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Counts what leaves the stage, behind everything that can still drop it. */
public final class CountSnippets extends ProcessFunction<CodeSnippet, CodeSnippet>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private transient StageLedger ledger;
    private transient StageLedger.Count snippetsOut;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        ledger = StageLedger.restore(IngestPipeline.STAGE, getRuntimeContext(), context);
        snippetsOut = ledger.out(IngestPipeline.SNIPPET);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        ledger.snapshot(context);
    }

    @Override
    public void processElement(CodeSnippet snippet, Context context, Collector<CodeSnippet> out) {
        snippetsOut.add();
        out.collect(snippet);
    }
}
