package io.prefstream.jobs.generators.release;

import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.schemas.CheckpointKind;
import io.prefstream.schemas.CheckpointPublished;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Writes on each record the newest release that was published when it came by. Keeps that release
 * in broadcast state, so that a restored job goes on with the one that it had; trunks and other
 * models' releases are passed over.
 *
 * @param <I> records
 * @param <O> records with their release
 */
public abstract class AttachRelease<I, O>
        extends BroadcastProcessFunction<I, CheckpointPublished, O>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    /** The state: the newest release under one key. */
    public static final MapStateDescriptor<String, ReleaseModel> NEWEST_RELEASE =
            new MapStateDescriptor<>(
                    "newest-release", Types.STRING, TypeInformation.of(ReleaseModel.class));

    private static final String KEY = "newest";

    private final @Nullable String modelName;
    private final ControlFeed.Known<CheckpointPublished> known;

    /**
     * @param modelName the model whose releases are meant, null for any
     * @param known what is published already when a job starts without a checkpoint of its own
     */
    protected AttachRelease(
            @Nullable String modelName, ControlFeed.Known<CheckpointPublished> known) {
        this.modelName = modelName;
        this.known = known;
    }

    /** The record with its release, null where none was published yet. */
    protected abstract O with(I input, @Nullable ReleaseModel release);

    @Override
    public final void initializeState(FunctionInitializationContext context) throws Exception {
        if (!context.isRestored()) {
            BroadcastState<String, ReleaseModel> state =
                    context.getOperatorStateStore().getBroadcastState(NEWEST_RELEASE);
            for (CheckpointPublished published : known.read()) {
                take(published, state);
            }
        }
    }

    /** The broadcast state is kept by Flink. */
    @Override
    public final void snapshotState(FunctionSnapshotContext context) {}

    @Override
    public final void processElement(I input, ReadOnlyContext context, Collector<O> out)
            throws Exception {
        out.collect(with(input, context.getBroadcastState(NEWEST_RELEASE).get(KEY)));
    }

    @Override
    public final void processBroadcastElement(
            CheckpointPublished published, Context context, Collector<O> out) throws Exception {
        take(published, context.getBroadcastState(NEWEST_RELEASE));
    }

    private void take(CheckpointPublished published, BroadcastState<String, ReleaseModel> state)
            throws Exception {
        if (published.getKind() != CheckpointKind.RELEASE
                || (modelName != null && !modelName.equals(published.getModel()))) {
            return;
        }
        ReleaseModel release = ReleaseModel.of(published);
        ReleaseModel newest = state.get(KEY);
        if (newest == null || ReleaseModel.BY_AGE.compare(release, newest) > 0) {
            state.put(KEY, release);
        }
    }
}
