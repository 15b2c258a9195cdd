package io.prefstream.model.engine;

import io.prefstream.model.kernels.EngineKernels.Weights;

/**
 * Limits of an engine.
 *
 * @param weights how linear layers keep their weights
 * @param maxSequences sequences that run at once
 * @param tokensPerStep upper bound of the tokens of one step: one for each sequence that generates,
 *     the rest for prompts
 * @param cacheBytes memory of the key-value cache, allocated at the start
 * @param blockTokens tokens of a cache block
 * @param maxQueued requests that wait; more are refused
 * @param threads of the engine's products; 0 leaves the engine's default
 */
public record EngineOptions(
        Weights weights,
        int maxSequences,
        int tokensPerStep,
        long cacheBytes,
        int blockTokens,
        int maxQueued,
        int threads) {
    public EngineOptions {
        atLeastOne("max-sequences", maxSequences);
        atLeastOne("tokens-per-step", tokensPerStep);
        atLeastOne("cache-bytes", cacheBytes);
        atLeastOne("max-queued", maxQueued);
        if (blockTokens < 16 || blockTokens % 16 != 0) {
            throw new IllegalArgumentException(
                    "block-tokens=%d must be a multiple of 16".formatted(blockTokens));
        }
        if (threads < 0) {
            throw new IllegalArgumentException("threads=%d must be at least 0".formatted(threads));
        }
        if (tokensPerStep < maxSequences) {
            throw new IllegalArgumentException(
                    "tokens-per-step=%d must be at least max-sequences=%d"
                            .formatted(tokensPerStep, maxSequences));
        }
    }

    /** For a processor: 16-bit weights, 64 sequences, 512 tokens a step, 256 MiB of cache. */
    public static EngineOptions defaults() {
        return new EngineOptions(Weights.FLOAT16, 64, 512, 256L << 20, 16, 4096, 0);
    }

    public EngineOptions withWeights(Weights other) {
        return new EngineOptions(
                other, maxSequences, tokensPerStep, cacheBytes, blockTokens, maxQueued, threads);
    }

    public EngineOptions withLimits(int sequences, int tokens, long bytes) {
        return new EngineOptions(
                weights, sequences, tokens, bytes, blockTokens, maxQueued, threads);
    }

    private static void atLeastOne(String key, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s=%d must be at least 1".formatted(key, value));
        }
    }
}
