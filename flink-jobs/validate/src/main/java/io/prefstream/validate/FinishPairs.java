package io.prefstream.validate;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.validate.checks.CheckResult;
import io.prefstream.validate.checks.ValidateReason;
import io.prefstream.validate.execution.ExecutionRule;
import java.util.Optional;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Refuses pairs whose tests don't tell the sides apart, and pairs below the least margin, where
 * that is configured; a pair without tests or without a margin always passes.
 */
final class FinishPairs extends ProcessFunction<PreferencePair, PreferencePair> {

    private static final long serialVersionUID = 1L;

    private final @Nullable ExecutionRule rule;
    private final @Nullable Double minMargin;

    /**
     * @param rule refuses by what the tests say, null where none are run
     * @param minMargin refuses smaller margins, null to refuse none
     */
    FinishPairs(@Nullable ExecutionRule rule, @Nullable Double minMargin) {
        this.rule = rule;
        this.minMargin = minMargin;
    }

    @Override
    public void processElement(
            PreferencePair pair, Context context, Collector<PreferencePair> out) {
        Optional<CheckResult.Refused> refusal =
                Optional.ofNullable(rule).flatMap(each -> each.refusal(pair.getChecks()));
        if (refusal.isPresent()) {
            CheckResult.Refused refused = refusal.get();
            context.output(
                    Rejections.TAG,
                    Refusals.of(pair.getCandidate(), refused.reason(), refused.detail()));
            return;
        }
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
