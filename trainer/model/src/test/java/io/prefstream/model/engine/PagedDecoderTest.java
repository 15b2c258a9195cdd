package io.prefstream.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.model.Golden;
import io.prefstream.model.kernels.EngineKernels.Weights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PagedDecoderTest {
    private static final int BLOCK = 16;

    private static final int[] SCATTERED = {9, 3, 7, 1, 5, 2};
    private static final int[] IN_A_ROW = {2, 3, 4, 5, 6, 7};
    private static final int[] FOUR = {4, 1, 3, 2};

    /**
     * Prompts in chunks of 16, their blocks gathered and read in place; weights in small pieces.
     */
    @ParameterizedTest
    @EnumSource
    void logitsAndRewardsAreTheReferences(Golden golden) throws IOException {
        EngineOptions options = Golden.engineOptions().withLimits(8, 512, 1L << 20);
        try (PagedDecoder decoder =
                PagedDecoder.load(golden.config(), golden.folder(), options, 800)) {
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

    /** Prompts of 3, 7, 11 and 15 tokens, each filled up to 15 with its last one. */
    @ParameterizedTest
    @EnumSource
    void promptsOfDifferentLengthsAttendTogether(Golden golden) throws IOException {
        EngineOptions options = Golden.engineOptions().withLimits(8, 512, 1L << 20);
        List<Golden.Case> cases = golden.cases().subList(0, 4);
        try (PagedDecoder decoder = PagedDecoder.load(golden.config(), golden.folder(), options)) {
            StepBatch batch = new StepBatch(BLOCK);
            batch.group(15, Arrays.stream(FOUR).mapToObj(block -> new int[] {block}).toList());
            for (int prompt = 0; prompt < cases.size(); prompt++) {
                int[] ids = cases.get(prompt).prompt();
                int row = 0;
                for (int i = 0; i < ids.length; i++) {
                    row = batch.token(ids[i], i, FOUR[prompt] * BLOCK + i);
                }
                batch.sample(row, 0, true);
                batch.again(15 - ids.length);
            }
            try (StepOutput output = decoder.step(batch)) {
                for (int prompt = 0; prompt < cases.size(); prompt++) {
                    double[] wanted = logProbabilities(cases.get(prompt).lastLogits());
                    for (int token = 0; token < wanted.length; token++) {
                        assertThat((double) output.logProbability(prompt, token))
                                .isCloseTo(wanted[token], within(1e-4));
                    }
                }
            }
        }
    }

    /**
     * A factor rounded to a 16-bit float (11 significant bits) is off by 2⁻¹² of itself on average,
     * one rounded to bfloat16 (8 bits) by 2⁻⁹; a text passes some twenty products, whose errors add
     * up. So the root mean square of what log-probabilities are off, as a share of their standard
     * deviation, beside the same engine's with 32-bit floats and beside the reference.
     *
     * @param most times that share, which a single number may be off
     */
    @ParameterizedTest
    @CsvSource({"FLOAT16, 0.004, 6", "BFLOAT16, 0.06, 6"})
    void shortFloatsGiveTheNumbersOfLongOnesWithinTheirRounding(
            Weights weights, double share, double most) throws IOException {
        EngineOptions floats = Golden.engineOptions().withLimits(8, 512, 1L << 20);
        EngineOptions shortFloats = Golden.engineOptions(weights).withLimits(8, 512, 1L << 20);
        for (Golden golden : Golden.values()) {
            Errors own = new Errors();
            Errors reference = new Errors();
            Errors rewards = new Errors();
            try (PagedDecoder exact = PagedDecoder.load(golden.config(), golden.folder(), floats);
                    PagedDecoder rounded =
                            PagedDecoder.load(golden.config(), golden.folder(), shortFloats)) {
                for (Golden.Case expected : golden.cases()) {
                    double[] wanted = logProbabilities(expected.lastLogits());
                    try (StepOutput a = lastStep(exact, expected.prompt(), SCATTERED);
                            StepOutput b = lastStep(rounded, expected.prompt(), SCATTERED)) {
                        for (int token = 0; token < wanted.length; token++) {
                            double got = b.logProbability(0, token);
                            own.add(a.logProbability(0, token), got);
                            reference.add(wanted[token], got);
                        }
                        rewards.add(expected.reward(), b.rewards[0]);
                    }
                }
            }
            for (Errors errors : List.of(own, reference, rewards)) {
                assertThat(errors.share()).as("%s", golden).isLessThan(share).isPositive();
                assertThat(errors.worst()).as("%s", golden).isLessThan(share * most);
            }
        }
    }

    /** Differences as shares of the wanted numbers' standard deviation. */
    private static final class Errors {
        private final List<Double> wanted = new ArrayList<>();
        private final List<Double> differences = new ArrayList<>();

        void add(double number, double got) {
            wanted.add(number);
            differences.add(Math.abs(got - number));
        }

        double share() {
            return Math.sqrt(mean(differences, d -> d * d)) / deviation();
        }

        double worst() {
            return Collections.max(differences) / deviation();
        }

        private double deviation() {
            double mean = mean(wanted, d -> d);
            return Math.sqrt(mean(wanted, d -> (d - mean) * (d - mean)));
        }

        private static double mean(List<Double> numbers, DoubleUnaryOperator of) {
            return numbers.stream().mapToDouble(d -> d).map(of).average().orElseThrow();
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
