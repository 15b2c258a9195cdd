package io.prefstream.validate;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageLedger;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.validate.checks.ValidateReason;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Refuses pairs below the least margin, where one is configured; a pair without a margin always
 * passes. Counts the pairs that leave the stage.
 */
final class FinishPairs extends ProcessFunction<PreferencePair, PreferencePair>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private final @Nullable Double minMargin;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger ledger;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger.Count pairsOut;

    FinishPairs(@Nullable Double minMargin) {
        this.minMargin = minMargin;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        ledger = StageLedger.restore(ValidatePipeline.STAGE, getRuntimeContext(), context);
        pairsOut = ledger.out(ValidatePipeline.UNIT);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        ledger.snapshot(context);
    }

    @Override
    public void processElement(
            PreferencePair pair, Context context, Collector<PreferencePair> out) {
        Double margin = pair.getMargin();
        if (minMargin != null && margin != null && margin < minMargin) {
            context.output(
                    Rejections.TAG,
                    Refusals.of(
                            pair.getCandidate(),
                            ValidateReason.MARGIN_BELOW_MINIMUM,
                            "margin %s by checkpoint %s is below validate.min-margin=%s"
                                    .formatted(margin, pair.getMarginModel(), minMargin)));
            return;
        }
        pairsOut.add();
        out.collect(pair);
    }
}
