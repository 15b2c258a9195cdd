package io.prefstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.model.weights.SafeTensors;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelBundleTest {
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

    @Test
    void aFolderWithoutWeightsIsNoBundle() throws Exception {
        DemoModel.writeTo(folder, 5);
        Files.delete(folder.resolve("model.safetensors"));
        assertThatThrownBy(() -> ModelBundle.open(folder))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("model.safetensors is missing");
    }

    private byte[] weights(String name) throws Exception {
        return Files.readAllBytes(folder.resolve(name).resolve("model.safetensors"));
    }
}
