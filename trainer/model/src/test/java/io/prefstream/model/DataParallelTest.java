package io.prefstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of one model that share a batch, all of them on the processor. */
class DataParallelTest {
    private static final PreferenceLoss ALL_TERMS = new PreferenceLoss(0.7, 1.3, 0.2, 0.05);

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void theGradientsAreThoseOfOneDevice(int devices) {
        try (DecoderModel model = DecoderModelTest.randomized(true);
                TrainingStep one = step(model, 1);
                TrainingStep several = step(model, devices)) {
            Map<String, float[]> expected = one.gradientsOf(batch(0, 1));
            // Twice: what was handed over must be gone.
            for (int i = 0; i < 2; i++) {
                several.gradientsOf(batch(0, devices))
                        .forEach(
                                (name, gradient) ->
                                        assertThat(gradient)
                                                .as(name)
                                                .containsExactly(
                                                        expected.get(name), within(1e-5f)));
            }
        }
    }

    @Test
    void thirtyStepsHaveTheLossesOfOneDeviceAndTheSameBitsEachTime() {
        List<Double> one = losses(1);
        List<Double> two = losses(2);
        for (int i = 0; i < one.size(); i++) {
            assertThat(two.get(i)).isCloseTo(one.get(i), within(1e-4 * one.get(i)));
        }
        assertThat(one.get(29)).isLessThan(0.9 * one.get(0));
        assertThat(losses(2)).isEqualTo(two);
    }

    @Test
    void aResumedRunIsBitwiseTheUninterruptedOne() throws Exception {
        Path weights = folder.resolve("model.safetensors");
        Path state = folder.resolve("optimizer.safetensors");
        List<Double> rest = new ArrayList<>();
        try (DecoderModel model = DecoderModel.initialize(TinyModels.config(true), 4);
                TrainingStep step = step(model, 2)) {
            for (int i = 0; i < 6; i++) {
                if (i == 3) {
                    model.save(weights, io.prefstream.model.weights.SafeTensors.Type.F32);
                    step.saveState(state);
                }
                double loss = step.run(batch(i, 2), 0.01f).loss();
                if (i >= 3) {
                    rest.add(loss);
                }
            }
        }
        try (DecoderModel model = DecoderModel.load(TinyModels.config(true), weights);
                TrainingStep step = step(model, 2)) {
            step.loadState(state);
            for (int i = 3; i < 6; i++) {
                assertThat(step.run(batch(i, 2), 0.01f).loss()).isEqualTo(rest.get(i - 3));
            }
        }
    }

    @Test
    void aLossThatIsNoNumberLeavesAllCopiesAsTheyWere() {
        try (DecoderModel model = DecoderModel.initialize(TinyModels.config(true), 4);
                TrainingStep step = step(model, 2)) {
            double before = step.evaluate(batch(1, 2)).loss();
            NDArray score = model.parameters().get("score.weight");
            NDArray kept = score.duplicate();
            score.muli(Float.POSITIVE_INFINITY);
            assertThat(step.run(batch(1, 2), 0.1f).applied()).isFalse();
            kept.copyTo(score);
            StepResult result = step.run(batch(1, 2), 0.01f);
            assertThat(result.applied()).isTrue();
            assertThat(result.loss()).isCloseTo(before, within(1e-5));
        }
    }

    @Test
    void microBatchesAreSpreadByTheirTokens() {
        List<EncodedPair> pairs = new ArrayList<>();
        for (int length : new int[] {40, 33, 32, 17, 16, 16, 9}) {
            pairs.add(TinyModels.pair(new Random(length), length));
        }
        PairBatch batch = PairBatch.of(pairs, 100, 2);
        List<PairBatch.Share> shares = batch.shares(2);
        List<List<EncodedPair>> spread = new ArrayList<>();
        shares.forEach(share -> spread.addAll(share.microBatches()));
        assertThat(spread).containsExactlyInAnyOrderElementsOf(batch.microBatches());
        assertThat(shares).allMatch(share -> !share.microBatches().isEmpty());
        // A batch that would run at once is cut so that each has its half.
        assertThat(PairBatch.of(pairs, 1_000_000).microBatches()).hasSize(1);
        assertThat(PairBatch.of(pairs, 1_000_000, 2).microBatches()).hasSizeBetween(2, 3);
        assertThat(PairBatch.of(pairs.subList(0, 1), 100, 2).shares(2).get(1).microBatches())
                .isEmpty();
    }

    private static List<Double> losses(int devices) {
        List<Double> losses = new ArrayList<>();
        try (DecoderModel model = DecoderModel.initialize(TinyModels.config(true), 4);
                TrainingStep step = step(model, devices)) {
            for (int i = 0; i < 30; i++) {
                losses.add(step.run(batch(i % 3, devices), 0.003f).loss());
            }
        }
        return losses;
    }

    private static TrainingStep step(DecoderModel model, int devices) {
        List<Device> others = Collections.nCopies(devices - 1, Devices.usual());
        return model.trainingStep(ALL_TERMS, AdamW.defaults(), false, others);
    }

    private static PairBatch batch(int seed, int devices) {
        Random random = new Random(seed);
        List<EncodedPair> pairs = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            pairs.add(TinyModels.pair(random, 6 + random.nextInt(30)));
        }
        return PairBatch.of(pairs, 200, devices);
    }
}
