package io.prefstream.validate.margin;

import io.prefstream.jobs.generators.release.AttachRelease;
import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.schemas.PreferencePair;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes on each pair the newest release that was published when it came by. */
public final class AttachModel extends AttachRelease<PreferencePair, ScoringTask> {

    private static final long serialVersionUID = 1L;

    /**
     * @param modelName the model whose releases are meant, null for any
     */
    public AttachModel(@Nullable String modelName) {
        super(modelName, List::of);
    }

    @Override
    protected ScoringTask with(PreferencePair pair, @Nullable ReleaseModel release) {
        return new ScoringTask(pair, release);
    }
}
