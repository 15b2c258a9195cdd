package io.prefstream.model.kernels;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.model.ModelConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The decoder's TorchScript text with one configuration's sizes filled in. */
public final class DecoderKernels {
    private static final String SOURCE = "decoder.torchscript";

    private DecoderKernels() {}

    /** Compiles the kernels; their methods take the parameters in the configuration's order. */
    public static ScriptModule compile(NDManager manager, ModelConfig config) {
        // Shapes change from batch to batch; profiling each anew costs more than it gives.
        JniUtils.setGraphExecutorOptimize(false);
        return ScriptModule.compile(manager, source(config));
    }

    private static String source(ModelConfig config) {
        List<String> names = new ArrayList<>(config.parameterShapes().keySet());
        String head = config.tieWordEmbeddings() ? "model.embed_tokens.weight" : "lm_head.weight";
        Map<String, Object> sizes =
                Map.ofEntries(
                        Map.entry("hidden", config.hiddenSize()),
                        Map.entry("eps", config.rmsNormEps()),
                        Map.entry("theta", config.ropeTheta()),
                        Map.entry("head_dim", config.headSize()),
                        Map.entry("half_head", config.headSize() / 2),
                        Map.entry("inverse_hidden", 1.0 / config.hiddenSize()),
                        Map.entry("layers", config.layers()),
                        Map.entry("heads", config.attentionHeads()),
                        Map.entry("kv_heads", config.keyValueHeads()),
                        Map.entry("groups", config.attentionHeads() / config.keyValueHeads()),
                        Map.entry("final_norm", names.indexOf("model.norm.weight")),
                        Map.entry("score", names.indexOf("score.weight")),
                        Map.entry("lm_head", names.indexOf(head)));
        String source = template();
        for (Map.Entry<String, Object> size : sizes.entrySet()) {
            source = source.replace("{{" + size.getKey() + "}}", size.getValue().toString());
        }
        return source;
    }

    private static String template() {
        try (InputStream in = DecoderKernels.class.getResourceAsStream(SOURCE)) {
            if (in == null) {
                throw new IllegalStateException(SOURCE + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
