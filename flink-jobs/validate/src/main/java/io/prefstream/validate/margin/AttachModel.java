package io.prefstream.validate.margin;

import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.generators.release.AttachRelease;
import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.PreferencePair;
import org.jspecify.annotations.Nullable;

/** Writes on each pair the newest release that was published when it came by. */
public final class AttachModel extends AttachRelease<PreferencePair, ScoringTask> {

    private static final long serialVersionUID = 1L;

    /**
     * @param modelName the model whose releases are meant, null for any
     * @param known what is published already when a job starts without a checkpoint of its own
     */
    public AttachModel(@Nullable String modelName, ControlFeed.Known<CheckpointPublished> known) {
        super(modelName, known);
    }

    @Override
    protected ScoringTask with(PreferencePair pair, @Nullable ReleaseModel release) {
        return new ScoringTask(pair, release);
    }
}
