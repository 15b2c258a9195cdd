package io.prefstream.trainer;

import io.prefstream.schemas.PreferencePair;
import java.util.List;

/**
 * A batch that a learner has prepared, with its pairs.
 *
 * @param historyFraction share of history that they were drawn with
 */
record ReadyBatch(List<PreferencePair> pairs, Learner.Batch batch, double historyFraction) {

    static ReadyBatch of(BatchDraws.Drawn drawn, Learner learner) {
        Learner.Batch batch = learner.prepare(drawn.pairs(), drawn.weights());
        return new ReadyBatch(drawn.pairs(), batch, drawn.historyFraction());
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
        long nanos = System.nanoTime() - began;
        return new TrainedBatch(keys, batch.work(), result, historyFraction, dataNanos, nanos);
    }
}
