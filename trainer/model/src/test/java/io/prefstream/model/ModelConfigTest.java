package io.prefstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {
    @TempDir Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        ModelConfig config = TinyModels.config(false);
        assertThat(read(config.toJson())).isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"Qwen2ForSequenceClassification\" | \"LlamaForCausalLM\" |"
                        + " architectures=LlamaForCausalLM",
                "\"qwen2\" | \"gemma\" | model_type=gemma",
                "\"silu\" | \"gelu\" | hidden_act=gelu",
                "\"use_sliding_window\" : false | \"use_sliding_window\" : true |"
                        + " use_sliding_window=true",
                "\"rope_theta\" | \"rope_scaling\" : {\"type\":\"yarn\"}, \"rope_theta\" |"
                        + " rope_scaling=",
                "\"head_dim\" : 4 | \"head_dim\" : 3 | head_dim=3 must be even",
                "\"hidden_size\" : 16, | '' | hidden_size=missing",
                "\"pad_token_id\" : 1 | \"pad_token_id\" : null | pad_token_id=null",
                "\"pad_token_id\" : 1 | \"pad_token_id\" : 0 | pad_token_id=0 must differ from"
                        + " eos_token_id",
                "\"eos_token_id\" : 0 | \"eos_token_id\" : 30 | eos_token_id=30 must be from 0 to"
                        + " vocab_size=30 - 1"
            })
    void whatIsNotSupportedIsRefusedByName(String found, String replacement, String message) {
        String json = TinyModels.config(true).toJson();
        assertThat(json).contains(found);
        assertThatThrownBy(() -> read(json.replace(found, replacement)))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "qwen2; 'rms_norm_eps': 'x'; rms_norm_eps=\"x\" is not supported (supported: a"
                        + " number)",
                "qwen2; 'num_key_value_heads': '2x'; num_key_value_heads=\"2x\"",
                "qwen2; 'num_key_value_heads': 2.5; num_key_value_heads=2.5",
                "qwen2; 'tie_word_embeddings': 'yes'; tie_word_embeddings=\"yes\" is not supported"
                        + " (supported: true and false)",
                "llama; 'attention_bias': 1; attention_bias=1",
                "llama; 'mlp_bias': 'false'; mlp_bias=\"false\"",
                "qwen3; 'mlp_bias': true; mlp_bias=true",
                "mistral; 'attention_bias': true; attention_bias=true",
                "qwen2; 'initializer_range': null; initializer_range=null",
                "qwen2; 'bos_token_id': '0'; bos_token_id=\"0\"",
                "qwen2; 'pad_token_id': '1'; pad_token_id=\"1\"",
                "qwen2; 'eos_token_id': [0, 'x']; eos_token_id=\"x\"",
                "qwen2; 'rope_theta': '1e6'; rope_theta=\"1e6\"",
                "llama; 'rope_scaling': 'linear'; rope_scaling=\"linear\"",
                "llama; 'rope_scaling': {'type': 'linear', 'factor': '4'}; factor=\"4\"",
                "llama; 'rope_parameters': []; rope_parameters=[]",
                "llama; 'partial_rotary_factor': 0.5; partial_rotary_factor=0.5 is not supported"
                        + " (supported: 1)",
                "llama; 'rope_parameters': {'partial_rotary_factor': 0.25};"
                        + " partial_rotary_factor=0.25",
                "mistral; 'sliding_window': 63; sliding_window=63 is not supported (supported:"
                        + " null, or max_position_embeddings=64 reduced to it)",
                "mistral; 'sliding_window': '64'; sliding_window=\"64\"",
                "qwen2; 'quantization_config': {'quant_method': 'awq'}; quantization_config=(set)",
                "qwen2; 'layer_types': ['full_attention', 'sliding_attention'];"
                        + " layer_types=sliding_attention",
                "qwen2; 'layer_types': 'full_attention'; layer_types=\"full_attention\"",
                "qwen2; 'num_labels': 2; num_labels=2",
                "qwen2; 'id2label': {'0': 'BAD', '1': 'GOOD'}; (supported: one label)",
                "qwen2; 'attention_dropout': 0.1; attention_dropout=0.1"
            })
    void aFieldThatWouldChangeNumbersIsRefused(String type, String field, String message)
            throws IOException {
        assertThat(read(minimal(type, "")).family().modelType()).isEqualTo(type);
        assertThatThrownBy(() -> read(minimal(type, ", " + field)))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageStartingWith(folder.resolve("config.json") + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void fieldsThatChangeNothingAreTaken() throws IOException {
        assertThat(read(minimal("mistral", ", 'sliding_window': 64"))).isNotNull();
        assertThat(read(minimal("mistral", ", 'sliding_window': null"))).isNotNull();
        assertThat(read(minimal("llama", ", 'partial_rotary_factor': 1.0"))).isNotNull();
        assertThat(read(minimal("qwen2", ", 'layer_types': ['full_attention']"))).isNotNull();
        assertThat(read(minimal("qwen2", ", 'id2label': {'0': 'REWARD'}"))).isNotNull();
    }

    @Test
    void missingHeadsOfKeysAreAllHeadsInLlamaAndAnErrorElsewhere() throws IOException {
        String field = ", 'num_key_value_heads': 2";
        String llama = minimal("llama", "").replace(quoted(field), "");
        assertThat(read(llama).keyValueHeads()).isEqualTo(4);
        for (String type : List.of("qwen2", "qwen3", "mistral")) {
            String json = minimal(type, "");
            assertThat(read(json.replace("_heads\": 2", "_heads\": null")).keyValueHeads())
                    .isEqualTo(4);
            assertThatThrownBy(() -> read(json.replace(quoted(field), "")))
                    .isInstanceOf(UnsupportedModelException.class)
                    .hasMessageContaining("num_key_value_heads=missing");
        }
    }

    /** A configuration with both heads and fields of its own, the last of which win. */
    private static String minimal(String type, String more) {
        String family = type.substring(0, 1).toUpperCase(Locale.ROOT) + type.substring(1);
        return quoted(
                """
                {'architectures': ['%1$sForCausalLM', '%1$sForSequenceClassification'],
                 'model_type': '%2$s', 'vocab_size': 30, 'hidden_size': 16, 'intermediate_size': 24,
                 'num_hidden_layers': 2, 'num_attention_heads': 4, 'num_key_value_heads': 2,
                 'max_position_embeddings': 64, 'eos_token_id': 0, 'pad_token_id': 1%3$s}
                """
                        .formatted(family, type, more));
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }

    @Test
    void parametersHaveTheNamesOfTransformers() {
        assertThat(TinyModels.config(false).parameterShapes())
                .containsKeys(
                        "model.embed_tokens.weight",
                        "model.layers.0.self_attn.q_proj.weight",
                        "model.layers.1.self_attn.v_proj.bias",
                        "model.layers.1.mlp.gate_proj.weight",
                        "model.norm.weight",
                        "lm_head.weight",
                        "score.weight")
                .doesNotContainKey("model.layers.0.self_attn.o_proj.bias");
        assertThat(TinyModels.config(true).parameterShapes()).doesNotContainKey("lm_head.weight");
    }

    private ModelConfig read(String json) throws IOException {
        return ModelConfig.read(Files.writeString(folder.resolve("config.json"), json));
    }
}
