package io.prefstream.validate;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.validate.checks.CheckResult;
import java.util.Optional;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Refuses pairs whose tests don't tell the sides apart, and puts those whose label is in doubt into
 * quarantine: the whole pair with all that was said of it, beside a rejection with the reason. A
 * pair that nobody said anything about passes.
 */
final class FinishPairs extends ProcessFunction<PreferencePair, PreferencePair> {

    private static final long serialVersionUID = 1L;

    /** The pairs whose label is in doubt. */
    static final OutputTag<PreferencePair> QUARANTINED =
            new OutputTag<>("quarantined", AvroType.forRecord(PreferencePair.class));

    private final LabelRules rules;

    FinishPairs(LabelRules rules) {
        this.rules = rules;
    }

    @Override
    public void processElement(
            PreferencePair pair, Context context, Collector<PreferencePair> out) {
        Optional<CheckResult.Refused> refused = rules.refusal(pair);
        Optional<CheckResult.Refused> doubted = refused.or(() -> rules.doubt(pair));
        if (doubted.isEmpty()) {
            out.collect(pair);
            return;
        }
        if (refused.isEmpty()) {
            context.output(QUARANTINED, pair);
        }
        context.output(
                Rejections.TAG,
                Refusals.of(pair.getCandidate(), doubted.get().reason(), doubted.get().detail()));
    }
}
