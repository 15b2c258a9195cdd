package io.prefstream.trainer;

import io.prefstream.schemas.PreferencePair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the training loop needs of a model and its optimizer. The loop decides when; a learner does.
 *
 * <p>Equal states and equal calls give equal results, bit by bit, on one machine: a resumed run
 * rests on it.
 */
public interface Learner extends AutoCloseable {

    /** Why the pair can't be trained on or scored (value, limit and key); empty if it can. */
    Optional<String> refusal(PreferencePair pair);

    /** One optimizer step on a batch. */
    StepResult step(List<PreferencePair> batch, double learningRate);

    /** Reward of chosen minus reward of rejected, pair by pair. */
    float[] margins(List<PreferencePair> pairs);

    /**
     * Writes everything that {@link #load} needs, weights and optimizer, as files of a folder that
     * exists.
     */
    void save(Path folder) throws IOException;

    /** Goes on from what {@link #save} wrote. */
    void load(Path folder) throws IOException;

    /** Writes the model in Hugging Face layout into a folder that exists. */
    void export(Path folder) throws IOException;

    /** Remembers weights and optimizer in memory, to come back to them after a fork. */
    Memory remember();

    @Override
    void close();

    /** A remembered state. */
    interface Memory extends AutoCloseable {
        /** Makes the learner what it was when it was remembered. */
        void recall();

        @Override
        void close();
    }

    /**
     * What a step did.
     *
     * @param loss weighted sum of both parts, before the step
     * @param rewardLoss mean of −log σ(r⁺ − r⁻)
     * @param languageLoss mean cross entropy of the chosen responses' tokens, in nats
     * @param gradNorm global norm of the gradient before clipping
     * @param tokens real tokens that went through the model, padding not counted
     * @param applied whether it was a step: false if loss or gradient was no number, and weights
     *     and optimizer are as before
     * @param rewardMean of both sides, before the step
     * @param rewardVariance of both sides together
     */
    record StepResult(
            double loss,
            double rewardLoss,
            double languageLoss,
            double gradNorm,
            long tokens,
            boolean applied,
            double rewardMean,
            double rewardVariance) {}
}
