package io.prefstream.model;

/**
 * What one training step saw, before its update.
 *
 * @param loss the sum, each part times what {@link PreferenceLoss} gives it
 * @param reward mean −log σ(r⁺ − r⁻ − margin) times the pairs' weights
 * @param language mean cross-entropy of chosen response tokens times the pairs' weights; 0 where
 *     the loss has none of it
 * @param accuracy share of pairs with r⁺ &gt; r⁻
 * @param rewardVariance of the rewards of both sides together, around their mean
 * @param gradientNorm global norm before clipping
 * @param applied false when loss or gradient was not finite and the weights were left as they were
 * @param tokens real tokens of both sides
 */
public record StepResult(
        double loss,
        double reward,
        double language,
        double accuracy,
        double meanChosenReward,
        double meanRejectedReward,
        double rewardVariance,
        double gradientNorm,
        boolean applied,
        int tokens) {}
