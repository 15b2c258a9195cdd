package io.prefstream.model;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.model.files.JsonFile;
import io.prefstream.model.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Shape of a decoder, as in the {@code config.json} of Hugging Face transformers: RMS norms, rotary
 * positions, grouped-query attention, SwiGLU. {@link ModelConfigReader} says what is refused.
 *
 * @param hiddenSize width of the residual stream
 * @param headSize even; {@code attentionHeads * headSize} need not be {@code hiddenSize}
 * @param maxPositionEmbeddings the context: tokens a sequence may have
 * @param attentionBias biases on q, k and v, and on o too except in Qwen2
 * @param mlpBias biases on gate, up and down
 * @param initializerRange standard deviation of freshly drawn weights
 */
public record ModelConfig(
        ModelFamily family,
        Heads heads,
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int attentionHeads,
        int keyValueHeads,
        int headSize,
        int maxPositionEmbeddings,
        Rotary rotary,
        double rmsNormEps,
        boolean tieWordEmbeddings,
        boolean attentionBias,
        boolean mlpBias,
        TokenIds tokens,
        double initializerRange) {
    public static final String EMBEDDING = "model.embed_tokens.weight";
    public static final String FINAL_NORM = "model.norm.weight";
    public static final String SCORE = "score.weight";
    private static final String LANGUAGE_HEAD = "lm_head.weight";
    private static final ObjectMapper JSON = new ObjectMapper();

    public ModelConfig {
        positive("vocab_size", vocabSize);
        positive("hidden_size", hiddenSize);
        positive("intermediate_size", intermediateSize);
        positive("num_hidden_layers", layers);
        positive("num_attention_heads", attentionHeads);
        positive("num_key_value_heads", keyValueHeads);
        positive("head_dim", headSize);
        positive("max_position_embeddings", maxPositionEmbeddings);
        if (headSize % 2 != 0) {
            throw new IllegalArgumentException("head_dim=%d must be even".formatted(headSize));
        }
        if (attentionHeads % keyValueHeads != 0) {
            throw new IllegalArgumentException(
                    "num_attention_heads=%d must be a multiple of num_key_value_heads=%d"
                            .formatted(attentionHeads, keyValueHeads));
        }
        if (!(rmsNormEps > 0) || !(initializerRange > 0)) {
            throw new IllegalArgumentException(
                    "rms_norm_eps=%s and initializer_range=%s must be above 0"
                            .formatted(rmsNormEps, initializerRange));
        }
        for (int eos : tokens.endOfSequence()) {
            token("eos_token_id", eos, vocabSize);
        }
        if (tokens.padding().isPresent()) {
            token("pad_token_id", tokens.padding().getAsInt(), vocabSize);
        }
        if (heads.reward()) {
            if (tokens.padding().isEmpty()) {
                throw new IllegalArgumentException(
                        "pad_token_id=null: a reward model needs the id of a token that no text"
                                + " has, not EOS");
            }
            if (tokens.endOfSequence().contains(tokens.padding().getAsInt())) {
                throw new IllegalArgumentException(
                        "pad_token_id=%d must differ from eos_token_id, at which the reward is read"
                                .formatted(tokens.padding().getAsInt()));
            }
        }
    }

    /** A Qwen2 with both heads and unscaled positions of base 10,000. */
    public static ModelConfig qwen2(
            int vocab,
            int hidden,
            int intermediate,
            int layers,
            int heads,
            int keyValueHeads,
            int context,
            boolean tied,
            TokenIds tokens,
            double initializerRange) {
        return new ModelConfig(
                ModelFamily.QWEN2,
                Heads.BOTH,
                vocab,
                hidden,
                intermediate,
                layers,
                heads,
                keyValueHeads,
                hidden / heads,
                context,
                Rotary.unscaled(10_000),
                1e-6,
                tied,
                true,
                false,
                tokens,
                initializerRange);
    }

    /** The token that closes a text. */
    public int eosTokenId() {
        return tokens.endOfSequence().get(0);
    }

    /** What fills rows up: no number that is read depends on it. */
    public int padTokenId() {
        return tokens.padding().orElse(eosTokenId());
    }

    /** Whether logits can be had: tied embeddings are a language head, too. */
    public boolean hasLanguageHead() {
        return heads.language() || tieWordEmbeddings;
    }

    /** The parameter that maps hidden states to logits. */
    public String languageHead() {
        return tieWordEmbeddings ? EMBEDDING : LANGUAGE_HEAD;
    }

    public ModelConfig withHeads(Heads others) {
        return with(others, tokens);
    }

    /** The same with both heads, of which the reward's is new. */
    ModelConfig withNewRewardHead(int padding) {
        return with(
                Heads.BOTH,
                new TokenIds(
                        tokens.beginOfSequence(), tokens.endOfSequence(), OptionalInt.of(padding)));
    }

    private ModelConfig with(Heads others, TokenIds otherTokens) {
        return new ModelConfig(
                family,
                others,
                vocabSize,
                hiddenSize,
                intermediateSize,
                layers,
                attentionHeads,
                keyValueHeads,
                headSize,
                maxPositionEmbeddings,
                rotary,
                rmsNormEps,
                tieWordEmbeddings,
                attentionBias,
                mlpBias,
                otherTokens,
                initializerRange);
    }

    /** The same with other sizes; heads share the hidden size evenly. */
    public ModelConfig resized(
            int hidden, int intermediate, int layers, int heads, int keyValueHeads, int context) {
        if (hidden % heads != 0) {
            throw new IllegalArgumentException(
                    "hidden_size=%d must be a multiple of num_attention_heads=%d"
                            .formatted(hidden, heads));
        }
        return new ModelConfig(
                family,
                this.heads,
                vocabSize,
                hidden,
                intermediate,
                layers,
                heads,
                keyValueHeads,
                hidden / heads,
                context,
                rotary,
                rmsNormEps,
                tieWordEmbeddings,
                attentionBias,
                mlpBias,
                tokens,
                initializerRange);
    }

    /** Elements of all parameters. */
    public long parameterCount() {
        return parameterShapes().values().stream().mapToLong(Shape::size).sum();
    }

    /**
     * Names and shapes in the order that the kernels take them; names are those of transformers.
     * Every layer has the same parameters in the same order.
     */
    public Map<String, Shape> parameterShapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put(EMBEDDING, new Shape(vocabSize, hiddenSize));
        for (int layer = 0; layer < layers; layer++) {
            String prefix = layerPrefix(layer);
            layerShapes().forEach((name, shape) -> shapes.put(prefix + name, shape));
        }
        shapes.put(FINAL_NORM, new Shape(hiddenSize));
        if (heads.reward()) {
            shapes.put(SCORE, new Shape(1, hiddenSize));
        }
        if (heads.language() && !tieWordEmbeddings) {
            shapes.put(LANGUAGE_HEAD, new Shape(vocabSize, hiddenSize));
        }
        return shapes;
    }

    /** Parameters of one layer, without its prefix. */
    public Map<String, Shape> layerShapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        long q = (long) attentionHeads * headSize;
        long kv = (long) keyValueHeads * headSize;
        boolean outputBias = attentionBias && family != ModelFamily.QWEN2;
        shapes.put("input_layernorm.weight", new Shape(hiddenSize));
        linear(shapes, "self_attn.q_proj", q, hiddenSize, attentionBias);
        linear(shapes, "self_attn.k_proj", kv, hiddenSize, attentionBias);
        linear(shapes, "self_attn.v_proj", kv, hiddenSize, attentionBias);
        linear(shapes, "self_attn.o_proj", hiddenSize, q, outputBias);
        if (family == ModelFamily.QWEN3) {
            shapes.put("self_attn.q_norm.weight", new Shape(headSize));
            shapes.put("self_attn.k_norm.weight", new Shape(headSize));
        }
        shapes.put("post_attention_layernorm.weight", new Shape(hiddenSize));
        linear(shapes, "mlp.gate_proj", intermediateSize, hiddenSize, mlpBias);
        linear(shapes, "mlp.up_proj", intermediateSize, hiddenSize, mlpBias);
        linear(shapes, "mlp.down_proj", hiddenSize, intermediateSize, mlpBias);
        return shapes;
    }

    public static String layerPrefix(int layer) {
        return "model.layers." + layer + ".";
    }

    /** Reads {@code config.json}. */
    public static ModelConfig read(Path file) throws IOException {
        return parse(Files.readAllBytes(file), file.toString());
    }

    /** The configuration of these bytes; messages call them by the name. */
    static ModelConfig parse(byte[] bytes, String name) throws IOException {
        JsonNode json = JsonFile.parse(bytes, name);
        if (!json.isObject()) {
            throw new UnsupportedModelException(name + " is not a JSON object");
        }
        try {
            return new ModelConfigReader(json, name).config();
        } catch (IllegalArgumentException e) {
            throw new UnsupportedModelException(name + ": " + e.getMessage());
        }
    }

    /** The {@code config.json} of weights in 32-bit floats. */
    public String toJson() {
        return toJson(SafeTensors.Type.F32);
    }

    /**
     * The {@code config.json}.
     *
     * @param type of the weights in their file
     */
    public String toJson(SafeTensors.Type type) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode architectures = json.putArray("architectures");
        if (heads.language()) {
            architectures.add(family.causalArchitecture());
        }
        if (heads.reward()) {
            architectures.add(family.classifierArchitecture());
        }
        json.put("model_type", family.modelType());
        json.put("vocab_size", vocabSize);
        json.put("hidden_size", hiddenSize);
        json.put("intermediate_size", intermediateSize);
        json.put("num_hidden_layers", layers);
        json.put("num_attention_heads", attentionHeads);
        json.put("num_key_value_heads", keyValueHeads);
        json.put("head_dim", headSize);
        json.put("hidden_act", "silu");
        json.put("max_position_embeddings", maxPositionEmbeddings);
        json.put("rope_theta", rotary.theta());
        writeScaling(json);
        json.put("rms_norm_eps", rmsNormEps);
        json.put("tie_word_embeddings", tieWordEmbeddings);
        switch (family) {
            case QWEN2 -> json.put("use_sliding_window", false);
            case QWEN3 ->
                    json.put("use_sliding_window", false).put("attention_bias", attentionBias);
            case LLAMA -> json.put("attention_bias", attentionBias).put("mlp_bias", mlpBias);
            case MISTRAL -> json.putNull("sliding_window");
        }
        json.put("attention_dropout", 0.0);
        json.put("initializer_range", initializerRange);
        json.put("bos_token_id", tokens.beginOfSequence());
        if (tokens.endOfSequence().size() == 1) {
            json.put("eos_token_id", eosTokenId());
        } else {
            ArrayNode eos = json.putArray("eos_token_id");
            tokens.endOfSequence().forEach(eos::add);
        }
        if (tokens.padding().isPresent()) {
            json.put("pad_token_id", tokens.padding().getAsInt());
        }
        if (heads.reward()) {
            json.put("num_labels", 1);
            json.putObject("id2label").put("0", "REWARD");
            json.putObject("label2id").put("REWARD", 0);
        }
        json.put("torch_dtype", type.torchName());
        return json.toPrettyString() + "\n";
    }

    private void writeScaling(ObjectNode json) {
        if (rotary.scaling() instanceof Rotary.Linear linear) {
            if (linear.factor() != 1) {
                json.putObject("rope_scaling")
                        .put("rope_type", "linear")
                        .put("factor", linear.factor());
            }
        } else if (rotary.scaling() instanceof Rotary.Llama3 llama3) {
            json.putObject("rope_scaling")
                    .put("rope_type", "llama3")
                    .put("factor", llama3.factor())
                    .put("low_freq_factor", llama3.lowFactor())
                    .put("high_freq_factor", llama3.highFactor())
                    .put("original_max_position_embeddings", llama3.originalContext());
        }
    }

    private static void linear(
            Map<String, Shape> shapes, String name, long out, long in, boolean bias) {
        shapes.put(name + ".weight", new Shape(out, in));
        if (bias) {
            shapes.put(name + ".bias", new Shape(out));
        }
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
}
