package io.prefstream.model;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Shape of a Qwen2 decoder with a one-output reward head, as in the {@code config.json} of Hugging
 * Face transformers.
 *
 * <p>Attention has biases on q, k and v only; activations are SwiGLU; positions are rotary without
 * scaling. Everything else is refused by name rather than ignored.
 *
 * @param hiddenSize width of the residual stream, a multiple of {@code attentionHeads}
 * @param maxPositionEmbeddings the context: tokens a sequence may have
 * @param initializerRange standard deviation of freshly drawn weights
 */
public record ModelConfig(
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int attentionHeads,
        int keyValueHeads,
        int maxPositionEmbeddings,
        double ropeTheta,
        double rmsNormEps,
        boolean tieWordEmbeddings,
        int bosTokenId,
        int eosTokenId,
        int padTokenId,
        double initializerRange) {
    static final String CLASSIFIER = "Qwen2ForSequenceClassification";
    private static final String CAUSAL = "Qwen2ForCausalLM";
    private static final ObjectMapper JSON = new ObjectMapper();

    public ModelConfig {
        positive("vocab_size", vocabSize);
        positive("hidden_size", hiddenSize);
        positive("intermediate_size", intermediateSize);
        positive("num_hidden_layers", layers);
        positive("num_attention_heads", attentionHeads);
        positive("num_key_value_heads", keyValueHeads);
        positive("max_position_embeddings", maxPositionEmbeddings);
        if (hiddenSize % attentionHeads != 0 || hiddenSize / attentionHeads % 2 != 0) {
            throw new IllegalArgumentException(
                    "hidden_size=%d must be num_attention_heads=%d times an even head size"
                            .formatted(hiddenSize, attentionHeads));
        }
        if (attentionHeads % keyValueHeads != 0) {
            throw new IllegalArgumentException(
                    "num_attention_heads=%d must be a multiple of num_key_value_heads=%d"
                            .formatted(attentionHeads, keyValueHeads));
        }
        if (!(ropeTheta > 0) || !(rmsNormEps > 0) || !(initializerRange > 0)) {
            throw new IllegalArgumentException(
                    "rope_theta=%s, rms_norm_eps=%s and initializer_range=%s must be above 0"
                            .formatted(ropeTheta, rmsNormEps, initializerRange));
        }
        token("eos_token_id", eosTokenId, vocabSize);
        token("pad_token_id", padTokenId, vocabSize);
        if (padTokenId == eosTokenId) {
            throw new IllegalArgumentException(
                    "pad_token_id=%d must differ from eos_token_id, at which the reward is read"
                            .formatted(padTokenId));
        }
    }

    public int headSize() {
        return hiddenSize / attentionHeads;
    }

    /** Elements of all parameters. */
    public long parameterCount() {
        return parameterShapes().values().stream().mapToLong(Shape::size).sum();
    }

    /**
     * Names and shapes in the order that the kernels take them; names are those of transformers.
     */
    public Map<String, Shape> parameterShapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        long kv = (long) keyValueHeads * headSize();
        shapes.put("model.embed_tokens.weight", new Shape(vocabSize, hiddenSize));
        for (int layer = 0; layer < layers; layer++) {
            String prefix = "model.layers." + layer + ".";
            shapes.put(prefix + "input_layernorm.weight", new Shape(hiddenSize));
            shapes.put(prefix + "self_attn.q_proj.weight", new Shape(hiddenSize, hiddenSize));
            shapes.put(prefix + "self_attn.q_proj.bias", new Shape(hiddenSize));
            shapes.put(prefix + "self_attn.k_proj.weight", new Shape(kv, hiddenSize));
            shapes.put(prefix + "self_attn.k_proj.bias", new Shape(kv));
            shapes.put(prefix + "self_attn.v_proj.weight", new Shape(kv, hiddenSize));
            shapes.put(prefix + "self_attn.v_proj.bias", new Shape(kv));
            shapes.put(prefix + "self_attn.o_proj.weight", new Shape(hiddenSize, hiddenSize));
            shapes.put(prefix + "post_attention_layernorm.weight", new Shape(hiddenSize));
            shapes.put(prefix + "mlp.gate_proj.weight", new Shape(intermediateSize, hiddenSize));
            shapes.put(prefix + "mlp.up_proj.weight", new Shape(intermediateSize, hiddenSize));
            shapes.put(prefix + "mlp.down_proj.weight", new Shape(hiddenSize, intermediateSize));
        }
        shapes.put("model.norm.weight", new Shape(hiddenSize));
        shapes.put("score.weight", new Shape(1, hiddenSize));
        if (!tieWordEmbeddings) {
            shapes.put("lm_head.weight", new Shape(vocabSize, hiddenSize));
        }
        return shapes;
    }

    /** Reads {@code config.json}. */
    public static ModelConfig read(Path file) throws IOException {
        return parse(Files.readAllBytes(file), file.toString());
    }

    /** The configuration of these bytes; messages call them by the name. */
    static ModelConfig parse(byte[] bytes, String name) throws IOException {
        JsonNode json = JSON.readTree(bytes);
        if (json == null || !json.isObject()) {
            throw new UnsupportedModelException(name + " is not a JSON object");
        }
        try {
            return new Fields(json, name).config();
        } catch (IllegalArgumentException e) {
            throw new UnsupportedModelException(name + ": " + e.getMessage());
        }
    }

    /** The {@code config.json} of a reward model. */
    public String toJson() {
        ObjectNode json = JSON.createObjectNode();
        json.putArray("architectures").add(CLASSIFIER);
        json.put("model_type", "qwen2");
        json.put("vocab_size", vocabSize);
        json.put("hidden_size", hiddenSize);
        json.put("intermediate_size", intermediateSize);
        json.put("num_hidden_layers", layers);
        json.put("num_attention_heads", attentionHeads);
        json.put("num_key_value_heads", keyValueHeads);
        json.put("hidden_act", "silu");
        json.put("max_position_embeddings", maxPositionEmbeddings);
        json.put("rope_theta", ropeTheta);
        json.put("rms_norm_eps", rmsNormEps);
        json.put("tie_word_embeddings", tieWordEmbeddings);
        json.put("use_sliding_window", false);
        json.put("attention_dropout", 0.0);
        json.put("initializer_range", initializerRange);
        json.put("bos_token_id", bosTokenId);
        json.put("eos_token_id", eosTokenId);
        json.put("pad_token_id", padTokenId);
        json.putObject("id2label").put("0", "REWARD");
        json.putObject("label2id").put("REWARD", 0);
        json.put("torch_dtype", "float32");
        return json.toPrettyString() + "\n";
    }

    private static void positive(String key, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException("%s=%d must be above 0".formatted(key, value));
        }
    }

    private static void token(String key, int id, int vocabSize) {
        if (id < 0 || id >= vocabSize) {
            throw new IllegalArgumentException(
                    "%s=%d must be from 0 to vocab_size=%d - 1".formatted(key, id, vocabSize));
        }
    }

    /** The fields of one file, each refused by its name. */
    private record Fields(JsonNode json, String name) {
        ModelConfig config() throws UnsupportedModelException {
            String architecture = json.path("architectures").path(0).asText(CLASSIFIER);
            if (!architecture.equals(CLASSIFIER) && !architecture.equals(CAUSAL)) {
                throw refusal("architectures", architecture, CLASSIFIER + " or " + CAUSAL);
            }
            require("model_type", "qwen2");
            require("hidden_act", "silu");
            require("use_sliding_window", "false");
            require("num_labels", "1");
            if (json.has("id2label") && json.get("id2label").size() != 1) {
                throw refusal("id2label", json.get("id2label").toString(), "one label");
            }
            JsonNode scaling = json.path("rope_scaling");
            if (!scaling.isMissingNode() && !scaling.isNull()) {
                throw refusal("rope_scaling", scaling.toString(), "null");
            }
            int hidden = integer("hidden_size");
            int heads = integer("num_attention_heads");
            if (json.hasNonNull("head_dim") && json.get("head_dim").asInt() * heads != hidden) {
                throw refusal("head_dim", json.get("head_dim").asText(), "hidden_size / heads");
            }
            JsonNode pad = json.path("pad_token_id");
            if (!pad.isInt()) {
                throw refusal("pad_token_id", pad.toString(), "a token of its own, not EOS");
            }
            int eos = integer("eos_token_id");
            return new ModelConfig(
                    integer("vocab_size"),
                    hidden,
                    integer("intermediate_size"),
                    integer("num_hidden_layers"),
                    heads,
                    json.path("num_key_value_heads").asInt(heads),
                    integer("max_position_embeddings"),
                    json.path("rope_parameters")
                            .path("rope_theta")
                            .asDouble(json.path("rope_theta").asDouble(10_000)),
                    json.path("rms_norm_eps").asDouble(1e-6),
                    json.path("tie_word_embeddings").asBoolean(false),
                    json.path("bos_token_id").asInt(eos),
                    eos,
                    pad.intValue(),
                    json.path("initializer_range").asDouble(0.02));
        }

        private int integer(String key) throws UnsupportedModelException {
            JsonNode value = json.path(key);
            if (!value.isInt()) {
                throw refusal(
                        key, value.isMissingNode() ? "missing" : value.toString(), "a number");
            }
            return value.intValue();
        }

        private void require(String key, String expected) throws UnsupportedModelException {
            JsonNode value = json.path(key);
            if (!value.isMissingNode() && !value.isNull() && !value.asText().equals(expected)) {
                throw refusal(key, value.asText(), expected);
            }
        }

        private UnsupportedModelException refusal(String key, String value, String supported) {
            return new UnsupportedModelException(
                    "%s: %s=%s is not supported (supported: %s)"
                            .formatted(name, key, value, supported));
        }
    }
}
