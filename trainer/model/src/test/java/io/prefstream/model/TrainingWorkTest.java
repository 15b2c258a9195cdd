package io.prefstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrainingWorkTest {
    private static final PairBatch BATCH = PairBatch.of(List.of(pair(9, 4), pair(20, 12)), 40);

    @Test
    void theOperationsAreThoseOfPalmsAppendixB() {
        // Hidden 16, 2 layers, 4 heads of 4 on 2, feed-forward 24, 30 tokens, untied heads.
        ModelConfig config = TinyModels.config(false);
        int layer = 16 * 16 + 2 * 16 * 8 + 16 * 16 + 3 * 16 * 24;
        int tokens = 9 + 8 + 20 + 19;
        int responses = 9 - 4 + 20 - 12;
        int squares = 9 * 9 + 8 * 8 + 20 * 20 + 19 * 19;
        assertThat(TrainingWork.attentionOperations(config, BATCH))
                .isEqualTo(12.0 * 2 * 4 * 4 * squares);
        assertThat(TrainingWork.operations(config, BATCH))
                .isEqualTo(6.0 * (2 * layer * tokens + 16 * 30 * responses) + 384.0 * squares);
    }

    @Test
    void theyAreSixForEachWeightWhereTheHeadIsMultipliedEverywhere() {
        ModelConfig config = TinyModels.config(false);
        PairBatch batch = PairBatch.of(List.of(pair(20, 12)), 1000);
        double perToken = TrainingWork.operations(config, batch);
        perToken -= TrainingWork.attentionOperations(config, batch);
        perToken -= 6.0 * 16 * 30 * (batch.responseTokens() - batch.tokens());
        // Biases and norms (2 layers), the embedding that is looked up, and the reward head.
        int notMultiplied = 2 * (16 + 8 + 8 + 2 * 16) + 16 + 30 * 16 + 16;
        assertThat(perToken / batch.tokens())
                .isCloseTo(6.0 * (config.parameterCount() - notMultiplied), within(1e-6));
    }

    private static EncodedPair pair(int length, int promptTokens) {
        return new EncodedPair(text(length, promptTokens), text(length - 1, promptTokens));
    }

    private static EncodedText text(int length, int promptTokens) {
        int[] ids = new Random(length).ints(length, 2, 30).toArray();
        return new EncodedText(ids, promptTokens, TinyModels.CONTEXT);
    }
}
