package io.prefstream.synthesize;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageLedger;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.Rejection;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;

/** Parts candidates from rejections and counts both, behind the operator that asks models. */
final class CountAttempts extends ProcessFunction<Either<CandidatePair, Rejection>, CandidatePair>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger ledger;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger.Count in;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger.Count out;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        ledger = StageLedger.restore(SynthesizePipeline.STAGE, getRuntimeContext(), context);
        in = ledger.in(SynthesizePipeline.ATTEMPT);
        out = ledger.out(SynthesizePipeline.ATTEMPT);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        ledger.snapshot(context);
    }

    @Override
    public void processElement(
            Either<CandidatePair, Rejection> attempt,
            Context context,
            Collector<CandidatePair> candidates) {
        in.add();
        if (attempt.isLeft()) {
            out.add();
            candidates.collect(attempt.left());
        } else {
            context.output(Rejections.TAG, attempt.right());
        }
    }
}
