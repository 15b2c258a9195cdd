package io.prefstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import io.prefstream.model.weights.CorruptWeightsException;
import io.prefstream.model.weights.SafeTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderModelTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void hiddenStatesRewardsAndLogitsAreThoseOfTheDefinition(boolean tied) {
        try (DecoderModel model = randomized(tied)) {
            ReferenceDecoder reference = new ReferenceDecoder(model);
            EncodedText text = TinyModels.text(new Random(3), 21);
            double[][] hidden = reference.hidden(text.ids());
            float[] actual = model.forwardHidden(List.of(text.ids()));
            int width = model.config().hiddenSize();
            for (int t = 0; t < text.length(); t++) {
                for (int i = 0; i < width; i++) {
                    assertThat((double) actual[t * width + i])
                            .isCloseTo(hidden[t][i], within(2e-5));
                }
            }
            assertThat((double) model.rewards(List.of(text))[0])
                    .isCloseTo(reference.reward(text.ids()), within(2e-5));
            double[] logits = reference.logits(hidden[7]);
            float[] selected = model.lmLogits(text.ids(), new int[] {2, 7});
            for (int i = 0; i < logits.length; i++) {
                assertThat((double) selected[logits.length + i]).isCloseTo(logits[i], within(2e-5));
            }
        }
    }

    @Test
    void aRewardDoesNotDependOnNeighboursPaddingOrBatchSize() {
        try (DecoderModel model = randomized(true)) {
            Random random = new Random(5);
            List<EncodedText> texts = new ArrayList<>();
            for (int i = 0; i < 23; i++) {
                texts.add(TinyModels.text(random, 2 + random.nextInt(TinyModels.CONTEXT - 1)));
            }
            float[] together = model.rewards(texts, 1_000_000);
            float[] grouped = model.rewards(texts, 100);
            for (int i = 0; i < texts.size(); i++) {
                float alone = model.rewards(List.of(texts.get(i)))[0];
                assertThat(together[i]).isCloseTo(alone, within(1e-5f));
                assertThat(grouped[i]).isCloseTo(alone, within(1e-5f));
            }
        }
    }

    @Test
    void theSameSeedDrawsTheSameWeights() {
        try (DecoderModel one = DecoderModel.initialize(TinyModels.config(true), 9);
                DecoderModel same = DecoderModel.initialize(TinyModels.config(true), 9);
                DecoderModel other = DecoderModel.initialize(TinyModels.config(true), 10)) {
            String name = "model.layers.1.mlp.up_proj.weight";
            assertThat(same.parameters().get(name).toFloatArray())
                    .isEqualTo(one.parameters().get(name).toFloatArray())
                    .isNotEqualTo(other.parameters().get(name).toFloatArray());
        }
    }

    @Test
    void savedWeightsAreReadBackBitwise() throws Exception {
        Path file = folder.resolve("model.safetensors");
        try (DecoderModel model = randomized(false)) {
            model.save(file, SafeTensors.Type.F32);
            try (DecoderModel read = DecoderModel.load(model.config(), file)) {
                model.parameters()
                        .forEach(
                                (name, array) ->
                                        assertThat(read.parameters().get(name).toFloatArray())
                                                .isEqualTo(array.toFloatArray()));
            }
        }
    }

    @Test
    void weightsOfAnotherShapeAreRefused() throws Exception {
        Path file = folder.resolve("model.safetensors");
        try (DecoderModel model = randomized(true)) {
            model.save(file, SafeTensors.Type.BF16);
        }
        ModelConfig wider =
                ModelConfig.qwen2(31, 16, 24, 2, 4, 2, 40, true, TokenIds.of(0, 0, 1), 0.3);
        assertThatThrownBy(() -> DecoderModel.load(wider, file))
                .isInstanceOf(CorruptWeightsException.class)
                .hasMessageContaining("embed_tokens.weight has shape [30, 16]");
        assertThatThrownBy(() -> DecoderModel.load(TinyModels.config(false), file))
                .isInstanceOf(CorruptWeightsException.class)
                .hasMessageContaining("no tensor named lm_head.weight");
    }

    @Test
    void aTextOverTheContextIsRefused() {
        try (DecoderModel model = randomized(true)) {
            EncodedText text = new EncodedText(new int[41], 1, 100);
            assertThatThrownBy(() -> model.rewards(List.of(text)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("41 tokens exceeds the context")
                    .hasMessageContaining("40");
        }
    }

    static DecoderModel randomized(boolean tied) {
        return randomized(TinyModels.config(tied));
    }

    /** Biases and norms too, which are zero and one after initialisation. */
    static DecoderModel randomized(ModelConfig config) {
        DecoderModel model = DecoderModel.initialize(config, 7);
        Random random = new Random(11);
        for (NDArray parameter : model.parameters().values()) {
            if (parameter.getShape().dimension() == 1) {
                float[] noise = new float[(int) parameter.size()];
                for (int i = 0; i < noise.length; i++) {
                    noise[i] = (float) (random.nextGaussian() * 0.2);
                }
                try (NDArray array = model.manager().create(noise)) {
                    parameter.addi(array);
                }
            }
        }
        return model;
    }
}
