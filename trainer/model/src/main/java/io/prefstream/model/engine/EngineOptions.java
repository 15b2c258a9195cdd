package io.prefstream.model.engine;

import ai.djl.Device;
import io.prefstream.model.kernels.EngineKernels.Weights;
import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * Limits of an engine.
 *
 * @param weights how linear layers keep their weights
 * @param maxSequences sequences that run at once
 * @param tokensPerStep upper bound of the tokens of one step: one for each sequence that generates,
 *     the rest for prompts
 * @param cacheBytes memory of the key-value cache, allocated at the start
 * @param blockTokens tokens of a cache block
 * @param maxQueued requests in hand, those that run included; more are refused
 * @param threads that compute; 0 takes one for each core
 * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
 */
public record EngineOptions(
        Weights weights,
        int maxSequences,
        int tokensPerStep,
        long cacheBytes,
        int blockTokens,
        int maxQueued,
        int threads,
        String device)
        implements Serializable {
    private static final long SMALL_MODEL = 16_000_000;
    private static final Pattern DEVICE = Pattern.compile("cpu|cuda(:\\d{1,3})?");

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
        if (!DEVICE.matcher(device).matches()) {
            throw new IllegalArgumentException(
                    "device=%s must be cpu, cuda or cuda:N".formatted(device));
        }
        if (weights == Weights.FLOAT16 && !device.equals("cpu")) {
            throw new IllegalArgumentException(
                    "weights=FLOAT16 is for processors: device=%s takes BFLOAT16 or FLOAT32"
                            .formatted(device));
        }
        if (tokensPerStep < maxSequences) {
            throw new IllegalArgumentException(
                    "tokens-per-step=%d must be at least max-sequences=%d"
                            .formatted(tokensPerStep, maxSequences));
        }
    }

    /** For a processor: 16-bit weights, 64 sequences, 512 tokens a step, 256 MiB of cache. */
    public static EngineOptions defaults() {
        return new EngineOptions(Weights.FLOAT16, 64, 512, 256L << 20, 16, 4096, 0, "cpu");
    }

    /**
     * For scores on a processor: the reference's numbers, and 4,096 tokens a step, as all of a text
     * is there at once.
     */
    public static EngineOptions forScores() {
        return new EngineOptions(Weights.FLOAT32, 64, 4096, 64L << 20, 16, 1 << 16, 0, "cpu");
    }

    /** For a device: as {@link #defaults}, on a GPU bfloat16, 256 sequences and 4 GiB of cache. */
    public static EngineOptions of(String device) {
        return device.equals("cpu")
                ? defaults()
                : new EngineOptions(Weights.BFLOAT16, 256, 4096, 4L << 30, 16, 4096, 0, device);
    }

    public EngineOptions withWeights(Weights other) {
        return new EngineOptions(
                other,
                maxSequences,
                tokensPerStep,
                cacheBytes,
                blockTokens,
                maxQueued,
                threads,
                device);
    }

    public EngineOptions withLimits(int sequences, int tokens, long bytes) {
        return new EngineOptions(
                weights, sequences, tokens, bytes, blockTokens, maxQueued, threads, device);
    }

    public EngineOptions withCacheBytes(long bytes) {
        return withLimits(maxSequences, tokensPerStep, bytes);
    }

    public EngineOptions withThreads(int newThreads) {
        return new EngineOptions(
                weights,
                maxSequences,
                tokensPerStep,
                cacheBytes,
                blockTokens,
                maxQueued,
                newThreads,
                device);
    }

    public EngineOptions withMaxQueued(int requests) {
        return new EngineOptions(
                weights,
                maxSequences,
                tokensPerStep,
                cacheBytes,
                blockTokens,
                requests,
                threads,
                device);
    }

    /** Threads of each product of a model of so many parameters. */
    int productThreads(long parameters) {
        return small(parameters) ? 1 : processors();
    }

    /** Steps of a model of so many parameters that may be under way side by side. */
    int shares(long parameters) {
        return small(parameters) ? lanes() : 1;
    }

    /** Threads that make steps. */
    int lanes() {
        return device.equals("cpu") ? processors() : 1;
    }

    /**
     * Rows of padding that a group of a step may have, and blocks beside a share: less work than
     * the operators of another group, which a GPU has to be told of.
     */
    int paddedRows() {
        return device.equals("cpu") ? 0 : 256;
    }

    /** As {@link #paddedRows}, of cache blocks. */
    int paddedBlocks() {
        return device.equals("cpu") ? 8 : 1024;
    }

    private static boolean small(long parameters) {
        return parameters < SMALL_MODEL;
    }

    private int processors() {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }

    /** The engine library's name for the device. */
    Device toDevice() {
        return device.equals("cpu")
                ? Device.cpu()
                : Device.gpu(device.equals("cuda") ? 0 : Integer.parseInt(device.substring(5)));
    }

    private static void atLeastOne(String key, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s=%d must be at least 1".formatted(key, value));
        }
    }
}
