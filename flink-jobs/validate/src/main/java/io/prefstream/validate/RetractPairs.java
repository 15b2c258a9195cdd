package io.prefstream.validate;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageLedger;
import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.topics.flink.Tombstone;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;

/**
 * The last word on a pair: drops it if its repository opted out or if it holds a part of a
 * benchmark that was added, else passes it and remembers it, so that an opt-out or a benchmark that
 * is added later takes it back. Keyed by repository.
 *
 * <p>Out come pairs and the ids of those taken back, in the order in which they must be written.
 * State: every pair's candidate, some kilobytes each, on disk and as long as the job lives; a
 * restart without a checkpoint forgets them, and takes back only pairs of its own. A benchmark that
 * comes makes each task read all of its pairs before it goes on: some 10 MB of code a second.
 */
final class RetractPairs
        extends KeyedBroadcastProcessFunction<
                String,
                PreferencePair,
                Either<OptOut, Benchmark>,
                Either<PreferencePair, Tombstone>>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private static final MapStateDescriptor<String, CandidatePair> ACCEPTED =
            new MapStateDescriptor<>(
                    "accepted", Types.STRING, AvroType.forRecord(CandidatePair.class));

    private final Exclusions.Source excluded;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient Exclusions exclusions;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient MapState<String, CandidatePair> accepted;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger ledger;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger.Count pairsOut;

    RetractPairs(Exclusions.Source excluded) {
        this.excluded = excluded;
    }

    @Override
    public void open(OpenContext context) {
        exclusions = excluded.read();
        accepted = getRuntimeContext().getMapState(ACCEPTED);
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
            PreferencePair pair,
            ReadOnlyContext context,
            Collector<Either<PreferencePair, Tombstone>> out)
            throws Exception {
        CandidatePair candidate = pair.getCandidate();
        Optional<Rejection> refusal = exclusions.refusal(candidate);
        if (refusal.isPresent()) {
            context.output(Rejections.TAG, refusal.get());
            return;
        }
        accepted.put(pair.getId(), candidate);
        pairsOut.add();
        out.collect(Either.Left(pair));
    }

    @Override
    public void processBroadcastElement(
            Either<OptOut, Benchmark> told,
            Context context,
            Collector<Either<PreferencePair, Tombstone>> out)
            throws Exception {
        Optional<Predicate<CandidatePair>> unwanted = exclusions.add(told);
        if (unwanted.isPresent()) {
            retract(unwanted.get(), context, out);
        }
    }

    /** Takes back all accepted pairs of this kind. */
    private static void retract(
            Predicate<CandidatePair> unwanted,
            Context context,
            Collector<Either<PreferencePair, Tombstone>> out)
            throws Exception {
        context.applyToKeyedState(
                ACCEPTED,
                (repository, pairs) -> {
                    List<String> taken = new ArrayList<>();
                    for (Map.Entry<String, CandidatePair> pair : pairs.entries()) {
                        if (unwanted.test(pair.getValue())) {
                            taken.add(pair.getKey());
                        }
                    }
                    for (String id : taken) {
                        pairs.remove(id);
                        out.collect(Either.Right(Tombstone.of(id)));
                    }
                });
    }
}
