package io.prefstream.validate;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.validate.checks.CheckResult;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Refuses pairs whose tests don't tell the sides apart, and puts those whose label is in doubt into
 * quarantine: the whole pair with all that was said of it, beside a rejection with the reason. A
 * pair that nobody said anything about passes.
 *
 * <p>What was excluded while tests ran or a model was asked is neither quarantined nor sampled: its
 * rejection says why it is excluded. What passes is looked at again by {@link RetractPairs}.
 */
final class FinishPairs
        extends BroadcastProcessFunction<
                PreferencePair, Either<OptOut, Benchmark>, PreferencePair> {

    private static final long serialVersionUID = 1L;

    /** The pairs whose label is in doubt. */
    static final OutputTag<PreferencePair> QUARANTINED =
            new OutputTag<>("quarantined", AvroType.forRecord(PreferencePair.class));

    private final Exclusions.Source excluded;
    private final LabelRules rules;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient Exclusions exclusions;

    FinishPairs(Exclusions.Source excluded, LabelRules rules) {
        this.excluded = excluded;
        this.rules = rules;
    }

    @Override
    public void open(OpenContext context) {
        exclusions = excluded.read();
    }

    @Override
    public void processElement(
            PreferencePair pair, ReadOnlyContext context, Collector<PreferencePair> out) {
        Optional<CheckResult.Refused> refused = rules.refusal(pair);
        Optional<CheckResult.Refused> doubted = refused.or(() -> rules.doubt(pair));
        if (doubted.isEmpty()) {
            out.collect(pair);
            return;
        }
        CandidatePair candidate = pair.getCandidate();
        Optional<Rejection> excludedSince = exclusions.refusal(candidate);
        if (excludedSince.isEmpty() && refused.isEmpty()) {
            context.output(QUARANTINED, pair);
        }
        context.output(
                Rejections.TAG,
                excludedSince.orElseGet(
                        () ->
                                Refusals.of(
                                        candidate,
                                        doubted.get().reason(),
                                        doubted.get().detail())));
    }

    @Override
    public void processBroadcastElement(
            Either<OptOut, Benchmark> told, Context context, Collector<PreferencePair> out) {
        exclusions.add(told);
    }
}
