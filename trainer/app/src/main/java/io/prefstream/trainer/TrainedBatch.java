package io.prefstream.trainer;

import java.util.List;

/**
 * A batch that was trained on, or was to be.
 *
 * @param historyFraction share of history that it was drawn with
 * @param dataNanos how long the step waited for its data: intake, draw, tokens
 * @param stepNanos how long the step itself took
 */
record TrainedBatch(
        List<String> keys,
        Learner.Work work,
        Learner.StepResult result,
        double historyFraction,
        long dataNanos,
        long stepNanos) {}
