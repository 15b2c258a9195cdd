package io.prefstream.trainer;

import io.prefstream.schemas.PreferencePair;
import java.util.List;

/** A batch that a learner has prepared, with its pairs. */
record ReadyBatch(List<PreferencePair> pairs, Learner.Batch batch) {

    static ReadyBatch of(List<PreferencePair> pairs, Learner learner) {
        return new ReadyBatch(pairs, learner.prepare(pairs));
    }

    /**
     * Makes a step on it.
     *
     * @param dataNanos how long the step waited for it
     */
    TrainedBatch train(Learner learner, double learningRate, long dataNanos) {
        long began = System.nanoTime();
        Learner.StepResult result = learner.step(batch, learningRate);
        List<String> keys = pairs.stream().map(PreferencePair::getId).toList();
        return new TrainedBatch(keys, batch.work(), result, dataNanos, System.nanoTime() - began);
    }
}
