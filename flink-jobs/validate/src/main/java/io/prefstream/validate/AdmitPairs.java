package io.prefstream.validate;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.validate.admission.AdmissionSettings;
import io.prefstream.validate.admission.Offer;
import io.prefstream.validate.admission.Quotas;
import io.prefstream.validate.checks.ValidateReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Refuses near-duplicates of accepted pairs, then what is over its quota. Keyed by the pair's form.
 * One operator, as neither may remember what the other refuses. A pair that comes again under its
 * own id is no duplicate and passes as it did before.
 *
 * <p>State: the id of each accepted pair under its form until it expires, some 150 bytes on disk;
 * the last offers, where there are quotas. Cost: a read of RocksDB for each pair, and a write.
 */
final class AdmitPairs extends KeyedProcessFunction<String, FormedPair, PreferencePair>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private static final ListStateDescriptor<Offer> OFFERS =
            new ListStateDescriptor<>("quota-offers", TypeInformation.of(Offer.class));

    private final AdmissionSettings settings;

    /** What is recorded of a pair that passes, by what is switched on. */
    @SuppressWarnings("NullAway.Init") // in open()
    private transient List<CheckOutcome> passed;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient Quotas quotas;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient ListState<Offer> savedOffers;

    /** Null where near-duplicates pass. */
    private transient @Nullable ValueState<String> accepted;

    AdmitPairs(AdmissionSettings settings) {
        this.settings = settings;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        quotas = new Quotas(settings.quotas());
        savedOffers = context.getOperatorStateStore().getListState(OFFERS);
        savedOffers.get().forEach(quotas::restore);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        savedOffers.update(quotas.offers());
    }

    @Override
    public void open(OpenContext context) {
        passed = new ArrayList<>();
        Duration expiry = settings.nearDupExpiry();
        if (expiry != null) {
            passed.add(PairAssembly.passed("near-duplicate"));
            ValueStateDescriptor<String> descriptor =
                    new ValueStateDescriptor<>("accepted-form", Types.STRING);
            descriptor.enableTimeToLive(StateTtlConfig.newBuilder(expiry).build());
            accepted = getRuntimeContext().getState(descriptor);
        }
        if (settings.quotas().any()) {
            passed.add(PairAssembly.passed("quota"));
        }
    }

    @Override
    public void processElement(FormedPair formed, Context context, Collector<PreferencePair> out)
            throws Exception {
        PreferencePair pair = formed.pair();
        String original = accepted == null ? null : accepted.value();
        if (pair.getId().equals(original)) {
            out.collect(PairAssembly.noted(pair, passed));
            return;
        }
        if (original != null) {
            refuse(
                    pair,
                    ValidateReason.NEAR_DUPLICATE_PAIR,
                    "both sides are those of the accepted pair %s but for layout and comments"
                            .formatted(original),
                    context);
            return;
        }
        CandidatePair candidate = pair.getCandidate();
        Optional<String> excess = quotas.offer(candidate.getLanguage(), candidate.getStrategy());
        if (excess.isPresent()) {
            refuse(pair, ValidateReason.OVER_QUOTA, excess.get(), context);
            return;
        }
        if (accepted != null) {
            accepted.update(pair.getId());
        }
        out.collect(PairAssembly.noted(pair, passed));
    }

    private static void refuse(
            PreferencePair pair, ValidateReason reason, String detail, Context context) {
        context.output(Rejections.TAG, Refusals.of(pair.getCandidate(), reason, detail));
    }
}
