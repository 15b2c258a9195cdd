package io.prefstream.trainer;

import io.prefstream.schemas.PreferencePair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What the training loop needs of a model and its optimizer. The loop decides when; a learner does.
 *
 * <p>Equal states and equal calls give equal results, bit by bit, on one machine: a resumed run
 * rests on it.
 */
public interface Learner extends AutoCloseable {

    /**
     * Why the pair can't be trained on or scored (value, limit and key); empty if it can. May be
     * called while another thread makes a step.
     */
    Optional<String> refusal(PreferencePair pair);

    /**
     * Brings pairs into the form that {@link #step} takes: their tokens. Nothing is learned. May be
     * called while another thread makes a step.
     *
     * @param weights of each pair's loss; the batch's is the mean of the weighted losses
     */
    Batch prepare(List<PreferencePair> pairs, List<Double> weights);

    /** Prepares pairs whose losses count alike. */
    default Batch prepare(List<PreferencePair> pairs) {
        return prepare(pairs, Collections.nCopies(pairs.size(), 1.0));
    }

    /** Tokens of both sides of a pair. May be called while another thread makes a step. */
    default long tokens(PreferencePair pair) {
        return prepare(List.of(pair)).work().tokens();
    }

    /** One optimizer step on a batch that this learner prepared. */
    StepResult step(Batch batch, double learningRate);

    /** Prepares a batch and makes a step. */
    default StepResult step(List<PreferencePair> pairs, double learningRate) {
        return step(prepare(pairs), learningRate);
    }

    /**
     * Floating-point operations per second that the machine can do at best, to measure {@link
     * Work#operations()} against; 0 if unknown.
     */
    double peakRate();

    /** Memory in use on the GPUs that it computes on, in MiB; 0 if there are none. */
    default long gpuMebibytes() {
        return 0;
    }

    /** Reward of chosen minus reward of rejected, pair by pair. */
    float[] margins(List<PreferencePair> pairs);

    /**
     * Writes everything that {@link #load} needs, weights and optimizer, as files of a folder that
     * exists.
     */
    void save(Path folder) throws IOException;

    /** Bytes that {@link #save} writes, but for a tokenizer's; 0 if they are few. */
    default long savedBytes() {
        return 0;
    }

    /**
     * Goes on from what {@link #save} wrote. One that fails may leave a learner that can only be
     * closed.
     */
    void load(Path folder) throws IOException;

    /** Writes the model in Hugging Face layout into a folder that exists. */
    void export(Path folder) throws IOException;

    /** Remembers weights and optimizer, to come back to them after a fork. */
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

    /** Pairs that are ready to be trained on. */
    interface Batch {
        Work work();
    }

    /**
     * How much a step is.
     *
     * @param tokens real ones of both sides
     * @param paddedTokens those that go through the model, padding included
     * @param operations floating-point operations that the real tokens need; 0 if unknown
     */
    record Work(long tokens, long paddedTokens, double operations) {}

    /**
     * What a step did.
     *
     * @param loss weighted sum of both parts, before the step
     * @param rewardLoss mean of −log σ(r⁺ − r⁻), times the pair's weight
     * @param languageLoss mean cross entropy of the chosen responses' tokens, times the pair's
     *     weight, in nats
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
