package io.prefstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one {@code config.json}. A field that would change a number and that the kernels don't know
 * is refused by name; a field that nobody here has heard of is named in a warning.
 */
final class ModelConfigReader {
    private static final Logger LOG = LoggerFactory.getLogger(ModelConfigReader.class);

    /**
     * Fields that say nothing about the numbers of a decoder, or that are read or checked below.
     */
    private static final Set<String> KNOWN =
            Set.of(
                    "_attn_implementation",
                    "_attn_implementation_autoset",
                    "_name_or_path",
                    "architectures",
                    "attention_bias",
                    "attention_dropout",
                    "bos_token_id",
                    "classifier_dropout",
                    "dtype",
                    "eos_token_id",
                    "head_dim",
                    "hidden_act",
                    "hidden_size",
                    "id2label",
                    "initializer_range",
                    "intermediate_size",
                    "label2id",
                    "layer_types",
                    "max_position_embeddings",
                    "max_window_layers",
                    "mlp_bias",
                    "model_type",
                    "num_attention_heads",
                    "num_hidden_layers",
                    "num_key_value_heads",
                    "num_labels",
                    "pad_token_id",
                    "partial_rotary_factor",
                    "pretraining_tp",
                    "quantization_config",
                    "rms_norm_eps",
                    "rope_parameters",
                    "rope_scaling",
                    "rope_theta",
                    "sliding_window",
                    "tie_word_embeddings",
                    "torch_dtype",
                    "transformers_version",
                    "use_cache",
                    "use_sliding_window",
                    "vocab_size");

    private final JsonNode json;
    private final ConfigFields fields;

    ModelConfigReader(JsonNode json, String name) {
        this.json = json;
        fields = new ConfigFields(json, name);
    }

    ModelConfig config() throws UnsupportedModelException {
        ModelFamily family = family();
        Heads heads = heads(family);
        fields.require("hidden_act", "silu");
        fields.require("use_sliding_window", "false");
        fields.require("num_labels", "1");
        fields.require("attention_dropout", "0.0");
        if (heads.reward() && json.has("id2label") && json.get("id2label").size() != 1) {
            throw fields.refusal("id2label", json.get("id2label").toString(), "one label");
        }
        if (json.hasNonNull("quantization_config")) {
            throw fields.refusal("quantization_config", "(set)", "f32, f16 and bf16 weights");
        }
        if (json.hasNonNull("layer_types") && !json.get("layer_types").isArray()) {
            throw fields.refusal("layer_types", json.get("layer_types").toString(), "a list");
        }
        for (JsonNode type : json.path("layer_types")) {
            if (!type.asText().equals("full_attention")) {
                throw fields.refusal("layer_types", type.asText(), "full_attention");
            }
        }
        int context = fields.integer("max_position_embeddings");
        if (family == ModelFamily.MISTRAL
                && json.hasNonNull("sliding_window")
                && fields.integer("sliding_window") < context) {
            throw fields.refusal(
                    "sliding_window",
                    json.get("sliding_window").asText(),
                    "null, or max_position_embeddings=%d reduced to it".formatted(context));
        }
        if (family != ModelFamily.LLAMA) {
            fields.require("mlp_bias", "false");
        }
        if (family == ModelFamily.MISTRAL) {
            fields.require("attention_bias", "false");
        }
        warnOfUnknown();
        int hidden = fields.integer("hidden_size");
        int heads0 = fields.integer("num_attention_heads");
        return new ModelConfig(
                family,
                heads,
                fields.integer("vocab_size"),
                hidden,
                fields.integer("intermediate_size"),
                fields.integer("num_hidden_layers"),
                heads0,
                keyValueHeads(family, heads0),
                headSize(family, hidden, heads0),
                context,
                rotary(),
                fields.number("rms_norm_eps", 1e-6),
                fields.flag("tie_word_embeddings"),
                fields.flag("attention_bias") || family == ModelFamily.QWEN2,
                fields.flag("mlp_bias"),
                tokens(),
                fields.number("initializer_range", 0.02));
    }

    /**
     * Null means as many as there are query heads. So does a missing field in Llama, which is older
     * than grouped heads; elsewhere transformers takes a number that fits its largest model.
     */
    private int keyValueHeads(ModelFamily family, int heads) throws UnsupportedModelException {
        JsonNode value = json.path("num_key_value_heads");
        boolean each = value.isNull() || (value.isMissingNode() && family == ModelFamily.LLAMA);
        return each ? heads : fields.integer("num_key_value_heads");
    }

    private ModelFamily family() throws UnsupportedModelException {
        String type = json.path("model_type").asText("missing");
        return ModelFamily.ofType(type)
                .orElseThrow(
                        () ->
                                fields.refusal(
                                        "model_type",
                                        type,
                                        "qwen2, qwen3, llama, mistral; DeepSeek-Coder is a"
                                                + " llama"));
    }

    private Heads heads(ModelFamily family) throws UnsupportedModelException {
        Set<String> given = new LinkedHashSet<>();
        json.path("architectures").forEach(architecture -> given.add(architecture.asText()));
        String causal = family.causalArchitecture();
        String classifier = family.classifierArchitecture();
        for (String architecture : given) {
            if (!architecture.equals(causal) && !architecture.equals(classifier)) {
                throw fields.refusal("architectures", architecture, causal + " and " + classifier);
            }
        }
        if (given.isEmpty()) {
            throw fields.refusal("architectures", "[]", causal + " and " + classifier);
        }
        if (given.size() == 2) {
            return Heads.BOTH;
        }
        return given.contains(causal) ? Heads.LANGUAGE : Heads.REWARD;
    }

    private int headSize(ModelFamily family, int hidden, int heads)
            throws UnsupportedModelException {
        if (json.hasNonNull("head_dim")) {
            return fields.integer("head_dim");
        }
        if (family == ModelFamily.QWEN3) {
            return 128;
        }
        if (hidden % heads != 0) {
            throw new IllegalArgumentException(
                    "hidden_size=%d must be a multiple of num_attention_heads=%d, or head_dim given"
                            .formatted(hidden, heads));
        }
        return hidden / heads;
    }

    /** Transformers 5 writes one object where 4 has {@code rope_theta} and {@code rope_scaling}. */
    private Rotary rotary() throws UnsupportedModelException {
        for (String key : List.of("rope_parameters", "rope_scaling")) {
            if (json.hasNonNull(key) && !json.get(key).isObject()) {
                throw fields.refusal(key, json.get(key).toString(), "null or an object");
            }
        }
        JsonNode both = json.path("rope_parameters");
        JsonNode scaling = both.isObject() ? both : json.path("rope_scaling");
        ConfigFields scalingFields = fields.of(scaling);
        for (ConfigFields part : List.of(fields, fields.of(both))) {
            double factor = part.number("partial_rotary_factor", 1);
            if (factor != 1) {
                throw fields.refusal("partial_rotary_factor", Double.toString(factor), "1");
            }
        }
        double theta = fields.of(both).number("rope_theta", fields.number("rope_theta", 10_000));
        String type = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
        return switch (type) {
            case "default" -> {
                if (scaling.isObject() && scaling.has("factor")) {
                    throw fields.refusal("rope_scaling", scaling.toString(), "a rope_type");
                }
                yield Rotary.unscaled(theta);
            }
            case "linear" ->
                    new Rotary(theta, new Rotary.Linear(scalingFields.number("factor", 0)));
            case "llama3" ->
                    new Rotary(
                            theta,
                            new Rotary.Llama3(
                                    scalingFields.number("factor", 0),
                                    scalingFields.number("low_freq_factor", 0),
                                    scalingFields.number("high_freq_factor", 0),
                                    scalingFields.integer("original_max_position_embeddings")));
            default ->
                    throw fields.refusal(
                            "rope_scaling", scaling.toString(), "null, linear and llama3");
        };
    }

    private TokenIds tokens() throws UnsupportedModelException {
        List<Integer> eos = new ArrayList<>();
        JsonNode ends = json.path("eos_token_id");
        if (ends.isArray()) {
            for (JsonNode end : ends) {
                eos.add(fields.integer("eos_token_id", end));
            }
        } else {
            eos.add(fields.integer("eos_token_id"));
        }
        return new TokenIds(
                json.hasNonNull("bos_token_id")
                        ? fields.integer("bos_token_id")
                        : eos.isEmpty() ? -1 : eos.get(0),
                eos,
                json.hasNonNull("pad_token_id")
                        ? OptionalInt.of(fields.integer("pad_token_id"))
                        : OptionalInt.empty());
    }

    private void warnOfUnknown() {
        List<String> unknown = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (!KNOWN.contains(field.getKey())) {
                unknown.add(field.getKey());
            }
        }
        if (!unknown.isEmpty()) {
            LOG.warn("{}: fields that are not known here and not used: {}", fields.file(), unknown);
        }
    }
}
