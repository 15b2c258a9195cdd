package io.prefstream.validate;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.validate.checks.ValidateReason;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Refuses pairs below the least margin, where one is configured; a pair without a margin always
 * passes. Counts the pairs that leave the stage.
 */
final class FinishPairs extends ProcessFunction<PreferencePair, PreferencePair> {

    private static final long serialVersionUID = 1L;

    private final @Nullable Double minMargin;

    FinishPairs(@Nullable Double minMargin) {
        this.minMargin = minMargin;
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
        out.collect(pair);
    }
}
