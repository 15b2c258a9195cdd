package io.prefstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
