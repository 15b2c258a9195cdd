package io.prefstream.validate.margin;

import io.prefstream.schemas.CheckpointKind;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.PreferencePair;
import java.util.Optional;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Writes on each pair the newest release that was published when it came by. Keeps that release in
 * broadcast state; trunks and other models' releases are passed over.
 */
public final class AttachModel
        extends BroadcastProcessFunction<PreferencePair, CheckpointPublished, ScoringTask> {

    private static final long serialVersionUID = 1L;

    /** The state: the newest release under one key. */
    public static final MapStateDescriptor<String, ReleaseModel> NEWEST_RELEASE =
            new MapStateDescriptor<>(
                    "newest-release", Types.STRING, TypeInformation.of(ReleaseModel.class));

    private static final String KEY = "newest";

    private final @Nullable String modelName;

    /**
     * @param modelName the model whose releases are meant, null for any
     */
    public AttachModel(@Nullable String modelName) {
        this.modelName = modelName;
    }

    @Override
    public void processElement(
            PreferencePair pair, ReadOnlyContext context, Collector<ScoringTask> out)
            throws Exception {
        out.collect(new ScoringTask(pair, context.getBroadcastState(NEWEST_RELEASE).get(KEY)));
    }

    @Override
    public void processBroadcastElement(
            CheckpointPublished published, Context context, Collector<ScoringTask> out)
            throws Exception {
        if (published.getKind() != CheckpointKind.RELEASE
                || (modelName != null && !modelName.equals(published.getModel()))) {
            return;
        }
        ReleaseModel release = ReleaseModel.of(published);
        BroadcastState<String, ReleaseModel> state = context.getBroadcastState(NEWEST_RELEASE);
        boolean newest =
                Optional.ofNullable(state.get(KEY))
                        .map(known -> ReleaseModel.BY_AGE.compare(release, known) > 0)
                        .orElse(true);
        if (newest) {
            state.put(KEY, release);
        }
    }
}
