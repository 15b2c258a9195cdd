package io.prefstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.prefstream.model.weights.SafeTensors;
import io.prefstream.model.weights.WeightFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Training with products of bfloat16: 8 bits of significand, so each factor is off by 2⁻⁹ at most.
 */
class PrecisionTest {
    private static final int STEPS = 60;
    private static final float RATE = 0.01f;

    @TempDir Path folder;

    @Test
    void sixtyStepsOfBfloat16FollowThoseOf32Bits() {
        Run exact = run(Precision.F32);
        Run rounded = run(Precision.BF16);
        double apart = 0;
        for (int i = 0; i < STEPS; i++) {
            double loss = exact.losses.get(i);
            // Before an update there is rounding alone; then it adds up.
            assertThat(rounded.losses.get(i))
                    .isCloseTo(loss, within((i == 0 ? 0.005 : 0.08) * loss))
                    .isNotEqualTo(loss);
            apart += Math.abs(rounded.losses.get(i) - loss) / loss / STEPS;
        }
        assertThat(apart).isLessThan(0.02);
        assertThat(exact.losses.get(STEPS - 1)).isLessThan(0.7 * exact.losses.get(0));
        assertThat(rounded.fresh.loss()).isCloseTo(exact.fresh.loss(), within(0.08));
        assertThat(List.of(exact.fresh.accuracy(), rounded.fresh.accuracy()))
                .allMatch(accuracy -> accuracy > 0.95);
        assertThat(distance(rounded.weights, exact.weights))
                .isLessThan(distance(exact.first, exact.weights) / 2);
    }

    private record Run(
            List<Double> losses,
            Map<String, float[]> first,
            Map<String, float[]> weights,
            StepResult fresh) {}

    private static Run run(Precision precision) {
        Random random = new Random(8);
        List<EncodedPair> fresh = TinyModels.separable(64, new Random(9));
        List<Double> losses = new ArrayList<>();
        try (DecoderModel model = DecoderModel.initialize(TinyModels.config(true), 4, precision);
                TrainingStep step = step(model, 1)) {
            Map<String, float[]> first = weights(model);
            for (int i = 0; i < STEPS; i++) {
                losses.add(step.run(batch(random, 1), RATE).loss());
            }
            StepResult judged = step.evaluate(PairBatch.of(fresh, 4096));
            return new Run(losses, first, weights(model), judged);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aResumedRunOfBfloat16IsBitwiseTheUninterruptedOne(int copies) throws Exception {
        Path weights = folder.resolve("model.safetensors");
        Path state = folder.resolve("optimizer.safetensors");
        List<StepResult> rest = new ArrayList<>();
        Map<String, float[]> expected;
        ModelConfig config = TinyModels.config(true);
        try (DecoderModel model = DecoderModel.initialize(config, 4, Precision.BF16);
                TrainingStep step = step(model, copies)) {
            for (int i = 0; i < 8; i++) {
                if (i == 4) {
                    model.save(weights, SafeTensors.Type.F32);
                    step.saveState(state);
                }
                StepResult result = step.run(batch(new Random(i), copies), RATE);
                if (i >= 4) {
                    rest.add(result);
                }
            }
            expected = weights(model);
        }
        try (WeightFiles saved = WeightFiles.ofFile(weights);
                DecoderModel model =
                        DecoderModel.load(config, saved, Precision.BF16, Devices.usual());
                TrainingStep step = step(model, copies)) {
            step.loadState(state);
            for (int i = 4; i < 8; i++) {
                assertThat(step.run(batch(new Random(i), copies), RATE)).isEqualTo(rest.get(i - 4));
            }
            weights(model).forEach((name, w) -> assertThat(w).isEqualTo(expected.get(name)));
        }
    }

    private static TrainingStep step(DecoderModel model, int copies) {
        List<Device> others = Collections.nCopies(copies - 1, Devices.usual());
        return model.trainingStep(PreferenceLoss.codePmp(), AdamW.defaults(), false, others);
    }

    private static PairBatch batch(Random random, int copies) {
        return PairBatch.of(TinyModels.separable(16, random), 4096, copies);
    }

    private static Map<String, float[]> weights(DecoderModel model) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        for (Map.Entry<String, NDArray> parameter : model.parameters().entrySet()) {
            weights.put(parameter.getKey(), parameter.getValue().toFloatArray());
        }
        return weights;
    }

    /** Euclidean, over all parameters. */
    private static double distance(Map<String, float[]> one, Map<String, float[]> other) {
        double squares = 0;
        for (Map.Entry<String, float[]> parameter : one.entrySet()) {
            float[] values = Objects.requireNonNull(other.get(parameter.getKey()));
            for (int i = 0; i < values.length; i++) {
                squares += Math.pow(parameter.getValue()[i] - values[i], 2);
            }
        }
        return Math.sqrt(squares);
    }
}
