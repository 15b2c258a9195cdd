package io.prefstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import io.prefstream.model.weights.WeightFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Numbers of every family beside those of {@code src/test/golden/reference.py} and of Hugging
 * Face's transformers, by {@code src/test/golden/transformers_golden.py}.
 */
class GoldenNumbersTest {
    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @EnumSource
    void logitsLossesAndRewardsAreTheReferences(Golden golden) throws IOException {
        try (DecoderModel model = golden.model()) {
            for (Golden.Case expected : golden.cases()) {
                int[] ids = expected.prompt();
                int[] positions = new int[ids.length];
                for (int i = 0; i < ids.length; i++) {
                    positions[i] = i;
                }
                int vocab = model.config().vocabSize();
                float[] logits = model.lmLogits(ids, positions);
                double loss = 0;
                for (int i = 0; i < ids.length; i++) {
                    float[] row = new float[vocab];
                    System.arraycopy(logits, i * vocab, row, 0, vocab);
                    if (i + 1 < ids.length) {
                        loss -= logProbability(row, ids[i + 1]) / (ids.length - 1);
                    } else {
                        for (int token = 0; token < vocab; token++) {
                            assertThat((double) row[token])
                                    .isCloseTo(expected.lastLogits()[token], within(TOLERANCE));
                        }
                    }
                }
                assertThat(loss).isCloseTo(expected.loss(), within(TOLERANCE));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void rewardsAreTheReferencesWhateverTheyAreBatchedWith(Golden golden) throws IOException {
        try (DecoderModel model = golden.model()) {
            List<EncodedText> texts = new ArrayList<>();
            for (Golden.Case expected : golden.cases()) {
                texts.add(new EncodedText(expected.prompt(), 1, Golden.CONTEXT));
            }
            float[] together = model.rewards(texts);
            for (int i = 0; i < texts.size(); i++) {
                double reward = golden.cases().get(i).reward();
                assertThat((double) together[i]).isCloseTo(reward, within(TOLERANCE));
                assertThat((double) model.rewards(List.of(texts.get(i)))[0])
                        .isCloseTo(reward, within(TOLERANCE));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenIsTheSameModel(Golden golden) throws IOException {
        ModelConfig config = golden.config();
        assertThat(ModelConfig.parse(config.toJson().getBytes(), golden.name())).isEqualTo(config);
        try (DecoderModel model = golden.model();
                WeightFiles weights = WeightFiles.open(golden.folder())) {
            for (String name : weights.names()) {
                NDArray parameter = model.parameters().get(name);
                assertThat(parameter.toByteBuffer().order(java.nio.ByteOrder.LITTLE_ENDIAN))
                        .as(name)
                        .isEqualTo(weights.readFloats(name));
            }
        }
    }

    private static double logProbability(float[] logits, int token) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        return logits[token] - Math.log(sum);
    }
}
