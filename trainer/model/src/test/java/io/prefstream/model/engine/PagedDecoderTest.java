package io.prefstream.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.model.Golden;
import io.prefstream.model.kernels.EngineKernels.Weights;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PagedDecoderTest {
    private static final int BLOCK = 16;

    private static final int[] SCATTERED = {9, 3, 7, 1, 5, 2};
    private static final int[] IN_A_ROW = {2, 3, 4, 5, 6, 7};

    /**
     * Prompts in chunks of 16, their blocks gathered and read in place; weights in small pieces.
     */
    @ParameterizedTest
    @EnumSource
    void logitsAndRewardsAreTheReferences(Golden golden) throws IOException {
        EngineOptions options =
                EngineOptions.defaults().withWeights(Weights.FLOAT32).withLimits(8, 512, 1L << 20);
        try (PagedDecoder decoder =
                PagedDecoder.load(golden.config(), golden.folder(), options, 200)) {
            for (Golden.Case expected : golden.cases()) {
                for (int[] table : List.of(SCATTERED, IN_A_ROW)) {
                    try (StepOutput output = lastStep(decoder, expected.prompt(), table)) {
                        double[] wanted = logProbabilities(expected.lastLogits());
                        for (int token = 0; token < wanted.length; token++) {
                            assertThat((double) output.logProbability(0, token))
                                    .isCloseTo(wanted[token], within(1e-4));
                        }
                        assertThat((double) output.rewards[0])
                                .isCloseTo(expected.reward(), within(1e-4));
                    }
                }
            }
        }
    }

    private static StepOutput lastStep(PagedDecoder decoder, int[] ids, int[] table) {
        for (int start = 0; ; start += BLOCK) {
            int end = Math.min(ids.length, start + BLOCK);
            StepBatch batch = new StepBatch(BLOCK);
            batch.group(end - start, List.of(Arrays.copyOf(table, (end + BLOCK - 1) / BLOCK)));
            int row = 0;
            for (int i = start; i < end; i++) {
                row = batch.token(ids[i], i, table[i / BLOCK] * BLOCK + i % BLOCK);
            }
            batch.sample(row, 0, true);
            batch.reward(row);
            StepOutput output = decoder.step(batch);
            if (end == ids.length) {
                return output;
            }
            output.close();
        }
    }

    private static double[] logProbabilities(double[] logits) {
        double normalizer = Math.log(Arrays.stream(logits).map(Math::exp).sum());
        return Arrays.stream(logits).map(logit -> logit - normalizer).toArray();
    }
}
