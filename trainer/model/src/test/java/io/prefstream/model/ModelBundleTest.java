package io.prefstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.model.tokenizer.BpeTrainer;
import io.prefstream.model.weights.CorruptWeightsException;
import io.prefstream.model.weights.SafeTensors;
import io.prefstream.model.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelBundleTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    @Test
    void theDemoModelIsTheSameForTheSameSeed() throws Exception {
        DemoModel.writeTo(folder.resolve("a"), 5);
        DemoModel.writeTo(folder.resolve("b"), 5);
        DemoModel.writeTo(folder.resolve("c"), 6);
        assertThat(weights("b")).isEqualTo(weights("a"));
        assertThat(weights("c")).isNotEqualTo(weights("a"));
    }

    @Test
    void aBundleWrittenInBfloat16ScoresNearlyTheSame() throws Exception {
        ModelBundle demo = DemoModel.writeTo(folder.resolve("demo"), 5);
        EncodedText text = new EncodedText(new Random(1).ints(60, 2, 4000).toArray(), 9, 256);
        try (DecoderModel model = demo.model()) {
            ModelBundle copy = demo.writeWith(model, folder.resolve("copy"), SafeTensors.Type.BF16);
            ModelBundle opened = ModelBundle.open(copy.folder());
            assertThat(opened.config()).isEqualTo(demo.config());
            try (DecoderModel read = opened.model()) {
                assertThat(read.rewards(List.of(text))[0])
                        .isCloseTo(
                                model.rewards(List.of(text))[0],
                                org.assertj.core.api.Assertions.within(0.02f));
            }
            assertThat(folder.resolve("copy").resolve("tokenizer.json"))
                    .hasSameBinaryContentAs(folder.resolve("demo").resolve("tokenizer.json"));
        }
    }

    /** As Qwen2 is published: no padding in config.json, the tokenizer's is EOS. */
    @Test
    void aRewardHeadBringsAPaddingTokenThatIsWrittenForOthersToo() throws Exception {
        Path base = languageModel(json -> json.remove("pad_token_id"));
        Files.writeString(
                base.resolve("tokenizer_config.json"),
                "{\"pad_token\": \"<|endoftext|>\", \"chat_template\": \"own\"}");
        ModelBundle written = withRewardHead(base);
        assertThat(ModelBundle.open(written.folder()).config().tokens())
                .isEqualTo(TokenIds.of(0, 0, 1));
        assertThat(read(written.folder(), "config.json").path("num_labels").asInt()).isEqualTo(1);
        JsonNode tokenizer = read(written.folder(), "tokenizer_config.json");
        assertThat(tokenizer.path("pad_token").asText()).isEqualTo("<|pad|>");
        assertThat(tokenizer.path("eos_token").asText()).isEqualTo("<|endoftext|>");
        assertThat(tokenizer.path("chat_template").asText()).isEqualTo("own");
    }

    @Test
    void aPaddingTokenThatEndsTextsIsReplaced() throws Exception {
        Path base = languageModel(json -> json.put("pad_token_id", 0));
        assertThat(withRewardHead(base).config().padTokenId()).isEqualTo(1);
    }

    @Test
    void whereNoTokenCanFillUpFileKeyAndRemedyAreTold() throws Exception {
        Path base = languageModel(json -> json.put("vocab_size", 257).putNull("pad_token_id"));
        new BpeTrainer().train(257, List.of("<|end|>")).write(base.resolve("tokenizer.json"));
        Files.delete(base.resolve("tokenizer_config.json"));
        assertThatThrownBy(() -> withRewardHead(base))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessage(
                        base.resolve("config.json")
                                + ": pad_token_id=null: a reward model needs a token that no text"
                                + " has, and tokenizer.json has none to spare; write the id of one"
                                + " into config.json");
    }

    private Path languageModel(Consumer<ObjectNode> change) throws IOException {
        Path base = folder.resolve("base");
        ModelBundle demo = DemoModel.writeTo(folder.resolve("demo"), 5);
        try (DecoderModel model = demo.model()) {
            demo.writeWith(model, base, SafeTensors.Type.F32, Heads.LANGUAGE);
        }
        ObjectNode config = (ObjectNode) read(base, "config.json");
        change.accept(config);
        JSON.writeValue(base.resolve("config.json").toFile(), config);
        return base;
    }

    private ModelBundle withRewardHead(Path base) throws IOException {
        ModelBundle bundle = ModelBundle.open(base);
        try (DecoderModel model =
                bundle.modelWithNewRewardHead(Precision.F32, Devices.usual(), 1)) {
            return bundle.writeWith(
                    model, folder.resolve("written"), SafeTensors.Type.F32, Heads.REWARD);
        }
    }

    private static JsonNode read(Path folder, String name) throws IOException {
        return JSON.readTree(folder.resolve(name).toFile());
    }

    @Test
    void aFolderWithoutWeightsIsNoBundle() throws Exception {
        DemoModel.writeTo(folder, 5);
        Files.delete(folder.resolve("model.safetensors"));
        assertThatThrownBy(() -> ModelBundle.open(folder))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("model.safetensors is missing");
    }

    @Test
    void weightsThatAreNotFiniteAreNamed() throws Exception {
        ModelConfig config = DemoModel.writeTo(folder, 5).config();
        SafeTensorsWriter writer = new SafeTensorsWriter(SafeTensors.Type.F32);
        config.parameterShapes()
                .forEach(
                        (name, shape) ->
                                writer.add(
                                        name,
                                        shape.getShape(),
                                        () -> values(shape, name.equals("model.norm.weight"))));
        writer.write(folder.resolve("model.safetensors"));
        assertThatThrownBy(() -> ModelBundle.open(folder).model())
                .isInstanceOf(CorruptWeightsException.class)
                .hasMessageContaining("model.norm.weight holds NaN at 3");
    }

    @Test
    void aTokenizerThatIsLargerThanTheEmbeddingIsRefused() throws Exception {
        DemoModel.writeTo(folder, 5);
        Path config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("4096", "4000"));
        assertThatThrownBy(() -> ModelBundle.open(folder).tokenizer())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "has token 4095, config.json an embedding of vocab_size=4000");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "config.json|config.json:2: no JSON: Unexpected character",
                "tokenizer_config.json|tokenizer_config.json:2: no JSON: Unexpected character",
                "generation_config.json|generation_config.json:2: no JSON: Unexpected character",
                "tokenizer.json|tokenizer.json: ",
                "model.safetensors.index.json|index.json:2: no JSON: Unexpected character"
            })
    void aFileThatIsNoJsonIsNamedInOneLine(String file, String message) throws Exception {
        DemoModel.writeTo(folder, 5);
        Files.writeString(folder.resolve(file), "{\nbroken");
        assertThatThrownBy(() -> new TextEngine(folder, "x", EngineOptions.forScores()).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message)
                .message()
                .satisfies(told -> assertThat(told.lines()).hasSize(1));
    }

    @Test
    void aMissingShardIsNamed() throws Exception {
        DemoModel.writeTo(folder, 5);
        Files.delete(folder.resolve("model.safetensors"));
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"model.norm.weight\": \"model-00001-of-00002.safetensors\"}}");
        assertThatThrownBy(() -> ModelBundle.open(folder).model())
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(
                        "model-00001-of-00002.safetensors: model.safetensors.index.json names it");
    }

    private static ByteBuffer values(Shape shape, boolean broken) {
        ByteBuffer values =
                ByteBuffer.allocate((int) shape.size() * 4).order(ByteOrder.nativeOrder());
        if (broken) {
            values.putFloat(3 * 4, Float.NaN);
        }
        return values;
    }

    private byte[] weights(String name) throws Exception {
        return Files.readAllBytes(folder.resolve(name).resolve("model.safetensors"));
    }
}
