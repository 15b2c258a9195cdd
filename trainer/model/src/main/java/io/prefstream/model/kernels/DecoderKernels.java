package io.prefstream.model.kernels;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.Precision;
import java.util.ArrayList;
import java.util.List;

/**
 * The decoder's TorchScript text with one configuration's sizes filled in.
 *
 * <p>The way back of a training step is the engine's through attention, from the normed input to
 * the output's projection, and by hand through norms and feed-forward: gradients of weights are
 * added where they are summed, by the product itself, and elements are passed over less often (with
 * norm and feed-forward of 256 or 128 units and 4096 tokens 13 or 17 % less time). With z = x·r and
 * r = (mean x² + ε)^−½ a norm z·w that gets d gives x the gradient r·(d·w − z·mean(d·w·z)).
 *
 * <p>On the processor attention takes blocks of at least 64 queries, eight at most, and leaves out
 * the keys behind each; the rows of a block are those of all heads that share keys.
 */
public final class DecoderKernels {
    /** Parameters of a layer as the text names them. */
    private static final List<String> MODULES =
            List.of(
                    "input_layernorm",
                    "self_attn.q_proj",
                    "self_attn.k_proj",
                    "self_attn.v_proj",
                    "self_attn.o_proj",
                    "self_attn.q_norm",
                    "self_attn.k_norm",
                    "post_attention_layernorm",
                    "mlp.gate_proj",
                    "mlp.up_proj",
                    "mlp.down_proj");

    /**
     * Logits in memory at once on the way back, beside those of 128 tokens: 8 MB on a processor,
     * whose cache they should fit, 1 GB on a GPU, which reads the head anew for each chunk.
     */
    private static final int LANGUAGE_CHUNK = 1 << 21;

    private static final int GPU_LANGUAGE_CHUNK = 1 << 28;

    /**
     * Sequences up to which the processor's attention keeps its probabilities for the way back:
     * they are no more than a layer keeps anyway. Longer ones compute them again.
     */
    private static final int BLOCKED_LENGTH = 1024;

    private DecoderKernels() {}

    /** Compiles the kernels; their methods take the parameters in the configuration's order. */
    public static ScriptModule compile(NDManager manager, ModelConfig config, Precision precision) {
        // Shapes change from batch to batch; profiling each anew costs more than it gives.
        JniUtils.setGraphExecutorOptimize(false);
        return ScriptModule.compile(manager, source(config, precision, manager.getDevice()));
    }

    private static String source(ModelConfig config, Precision precision, Device device) {
        boolean blocked = precision == Precision.F32 && !device.isGpu();
        List<String> names = new ArrayList<>(config.parameterShapes().keySet());
        List<String> inLayer = new ArrayList<>(config.layerShapes().keySet());
        KernelSource source =
                KernelSource.read("decoder.torchscript")
                        .with("stride", inLayer.size())
                        .with("final_norm", names.indexOf(ModelConfig.FINAL_NORM))
                        .with("score", names.indexOf(ModelConfig.SCORE))
                        .with("lm_head", names.indexOf(config.languageHead()))
                        .when("reward", config.heads().reward())
                        .when("language", config.hasLanguageHead())
                        .with(
                                "language_chunk",
                                device.isGpu() ? GPU_LANGUAGE_CHUNK : LANGUAGE_CHUNK)
                        .with("blocked_length", BLOCKED_LENGTH)
                        .with("attention_scale", 1 / Math.sqrt(config.headSize()))
                        .when("blocked", blocked)
                        .when("mlp_bias", inLayer.contains("mlp.gate_proj.bias"))
                        .when("f32", precision == Precision.F32)
                        .when("bf16", precision == Precision.BF16)
                        .withSizes(config);
        for (String module : MODULES) {
            for (String part : List.of(".weight", ".bias")) {
                int at = inLayer.indexOf(module + part);
                source.with(module + part, at < 0 ? "None" : bias(config, module, part, at));
                source.with("at " + module + part, "p + " + at);
            }
        }
        return source.text();
    }

    /** Biases of rotated projections are put in the order of their weights. */
    private static String bias(ModelConfig config, String module, String part, int at) {
        String parameter = "w[p + " + at + "]";
        if (!part.equals(".bias")) {
            return parameter;
        }
        return switch (module) {
            case "self_attn.q_proj" -> paired(parameter, config.attentionHeads());
            case "self_attn.k_proj" -> paired(parameter, config.keyValueHeads());
            default -> parameter;
        };
    }

    private static String paired(String parameter, int heads) {
        return "(self).paired_vector(%s, %d)".formatted(parameter, heads);
    }
}
