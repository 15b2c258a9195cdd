package io.prefstream.validate;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageLedger;
import io.prefstream.jobs.common.optout.OptOutFeed;
import io.prefstream.jobs.common.optout.OptOuts;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.PreferencePair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * The last word on a pair: drops it if its repository opted out, else passes it and remembers its
 * id, so that an opt-out that comes later takes it back. Keyed by repository.
 *
 * <p>Out come pairs and the ids of those taken back, in the order in which they must be written.
 * State: id and path of every pair, some 150 bytes each, as long as the job lives; a restart
 * without a checkpoint forgets them, and takes back only pairs of its own.
 */
final class RetractPairs
        extends KeyedBroadcastProcessFunction<
                String, PreferencePair, OptOut, Either<PreferencePair, String>>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private static final MapStateDescriptor<String, String> PATHS_BY_PAIR =
            new MapStateDescriptor<>("paths-by-pair", Types.STRING, Types.STRING);

    private final OptOutFeed.Known known;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient OptOuts optOuts;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient MapState<String, String> pathsByPair;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger ledger;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger.Count pairsOut;

    RetractPairs(OptOutFeed.Known known) {
        this.known = known;
    }

    @Override
    public void open(OpenContext context) {
        optOuts = new OptOuts(known.read());
        pathsByPair = getRuntimeContext().getMapState(PATHS_BY_PAIR);
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
            Collector<Either<PreferencePair, String>> out)
            throws Exception {
        CandidatePair candidate = pair.getCandidate();
        Optional<OptOut> covering =
                optOuts.covering(candidate.getRepository(), candidate.getPath());
        if (covering.isPresent()) {
            context.output(
                    Rejections.TAG,
                    Refusals.REJECTIONS.of(
                            ValidatePipeline.UNIT,
                            OptOuts.OPTED_OUT,
                            candidate.getId(),
                            candidate.getRepository(),
                            OptOuts.inWords(covering.get()),
                            null,
                            candidate.getPublishedAt()));
            return;
        }
        pathsByPair.put(pair.getId(), candidate.getPath());
        pairsOut.add();
        out.collect(Either.Left(pair));
    }

    @Override
    public void processBroadcastElement(
            OptOut optOut, Context context, Collector<Either<PreferencePair, String>> out)
            throws Exception {
        optOuts.add(optOut);
        context.applyToKeyedState(
                PATHS_BY_PAIR,
                (repository, paths) -> {
                    List<String> covered = new ArrayList<>();
                    for (Map.Entry<String, String> pair : paths.entries()) {
                        if (OptOuts.covers(optOut, repository, pair.getValue())) {
                            covered.add(pair.getKey());
                        }
                    }
                    for (String id : covered) {
                        paths.remove(id);
                        out.collect(Either.Right(id));
                    }
                });
    }
}
