package io.prefstream.trainer;

import java.util.List;

/** A batch that was trained on, or was to be. */
record TrainedBatch(List<String> keys, Learner.StepResult result) {}
