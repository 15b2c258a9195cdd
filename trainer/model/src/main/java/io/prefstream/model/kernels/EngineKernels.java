package io.prefstream.model.kernels;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.model.ModelConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * TorchScript of generation: one call a step for all sequences, over a cache in blocks. The module
 * keeps the weights, laid out for few large products: q, k and v are one matrix, gate and up
 * another, and the weights of a norm are multiplied into the matrix behind it. But for bfloat16, a
 * hidden row has one more column: the norm of a row whose mean square is epsilon, which no matrix
 * reads or changes. What is left of RMSNorm is then the row divided by its norm, which is one
 * operator (that of weight normalization) where it was four. With bfloat16 it is three: the norm in
 * 32-bit floats, epsilon, and the division, which rounds once.
 *
 * <p>A step of a GPU waits for the operators to be told rather than for their arithmetic, so what
 * can be one operator is: a layer's products add to the hidden rows. Attention is the one kernel
 * that takes a mask and any length; which of its kernels the engine would choose by itself changes
 * from version to version, and one of them is compiled anew for each length.
 */
public final class EngineKernels {
    private static final String PACKED = "__torch__.torch.classes.quantized.LinearPackedParamsBase";

    private static final int HALF = 5;
    private static final int FLOAT = 6;
    private static final int BFLOAT16 = 15;

    private EngineKernels() {}

    /** How the weights of linear layers are kept. */
    public enum Weights {
        /** 32-bit floats: the numbers of the reference, at twice the memory. */
        FLOAT32,
        /**
         * 16-bit floats, widened in the processor's registers; sums and everything else in 32 bits.
         * CPU only.
         */
        FLOAT16,
        /** bfloat16 everywhere but in norms and rotations, as GPUs like it. */
        BFLOAT16
    }

    /**
     * Compiles the kernels.
     *
     * @param block tokens of a cache block
     */
    public static ScriptModule compile(
            NDManager manager, ModelConfig config, Weights weights, int block) {
        JniUtils.setGraphExecutorOptimize(false);
        boolean packed = weights == Weights.FLOAT16;
        boolean low = weights == Weights.BFLOAT16;
        boolean gpu = manager.getDevice().isGpu();
        String source =
                KernelSource.read("engine.torchscript")
                        .withSizes(config)
                        .with("inner", config.intermediateSize())
                        .with("block", block)
                        .with(
                                "attention_width",
                                (config.attentionHeads() + 2 * config.keyValueHeads())
                                        * config.headSize())
                        .with("cache_width", 2 * config.keyValueHeads() * config.headSize())
                        .with("max_positions", config.maxPositionEmbeddings())
                        .with("hidden", config.hiddenSize())
                        .with("norm_scale", Math.sqrt(config.hiddenSize()))
                        .with("norm_floor", norm(config.hiddenSize(), config))
                        .with("head_norm_scale", Math.sqrt(config.headSize()))
                        .with("head_norm_floor", norm(config.headSize(), config))
                        .with("lm_head", config.layers() * 4)
                        .with("tensor_type", low ? BFLOAT16 : FLOAT)
                        .with("embedding_type", packed ? HALF : low ? BFLOAT16 : FLOAT)
                        .when("packed", packed)
                        .when("dense", !packed)
                        .when("few_rows", weights == Weights.FLOAT32 && !gpu)
                        .when("cpu", !gpu)
                        .when("gpu", gpu)
                        .when("efficient", gpu && config.headSize() % 8 == 0)
                        .when("inefficient", gpu && config.headSize() % 8 != 0)
                        .when("f32", !low)
                        .when("bf16", low)
                        .when("reward", config.heads().reward())
                        .when("language", config.hasLanguageHead())
                        .text();
        Map<String, String> lists = new LinkedHashMap<>();
        lists.put("tensors", "Tensor");
        lists.put("head_norms", "Tensor");
        lists.put("linears", packed ? PACKED : "Tensor");
        lists.put("biases", "Tensor");
        lists.put("constants", "Tensor");
        lists.put("cache_blocks", "Tensor");
        lists.put("cache_rows", "Tensor");
        return ScriptModule.compile(manager, lists, source);
    }

    /** Norm of a vector whose elements have the mean square epsilon. */
    private static double norm(int width, ModelConfig config) {
        return Math.sqrt(width * config.rmsNormEps());
    }
}
