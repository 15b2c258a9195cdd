package io.prefstream.synthesize;

import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.schemas.CheckpointPublished;
import org.jspecify.annotations.Nullable;

/**
 * The announced checkpoints, of which the newest release is followed.
 *
 * @param modelName the model whose releases are meant, null for any
 */
record ReleaseFeed(ControlFeed<CheckpointPublished> checkpoints, @Nullable String modelName) {}
