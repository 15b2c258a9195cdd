package io.prefstream.synthesize;

import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.generators.release.AttachRelease;
import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.CodeSnippet;
import org.jspecify.annotations.Nullable;

/** Writes on each snippet the newest release that was published when it came by. */
final class AttachPreferenceModel extends AttachRelease<CodeSnippet, SnippetTask> {

    private static final long serialVersionUID = 1L;

    AttachPreferenceModel(
            @Nullable String modelName, ControlFeed.Known<CheckpointPublished> known) {
        super(modelName, known);
    }

    @Override
    protected SnippetTask with(CodeSnippet snippet, @Nullable ReleaseModel release) {
        return new SnippetTask(snippet, release);
    }
}
