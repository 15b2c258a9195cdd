package io.prefstream.synthesize;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageLedger;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.Rejection;
import java.util.List;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;

/**
 * Parts candidates from rejections and counts both, and the snippets whose attempts they all are,
 * behind the operator that asks models: a snippet that waits for one has not left the stage.
 */
final class CountAttempts
        extends ProcessFunction<List<Either<CandidatePair, Rejection>>, CandidatePair>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger ledger;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger.Count snippets;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger.Count in;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger.Count out;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        ledger = StageLedger.restore(SynthesizePipeline.STAGE, getRuntimeContext(), context);
        snippets = ledger.out(SynthesizePipeline.SNIPPET);
        in = ledger.in(SynthesizePipeline.ATTEMPT);
        out = ledger.out(SynthesizePipeline.ATTEMPT);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        ledger.snapshot(context);
    }

    @Override
    public void processElement(
            List<Either<CandidatePair, Rejection>> attempts,
            Context context,
            Collector<CandidatePair> candidates) {
        snippets.add();
        in.add(attempts.size());
        for (Either<CandidatePair, Rejection> attempt : attempts) {
            if (attempt.isLeft()) {
                out.add();
                candidates.collect(attempt.left());
            } else {
                context.output(Rejections.TAG, attempt.right());
            }
        }
    }
}
