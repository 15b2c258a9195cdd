package io.prefstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import io.prefstream.model.weights.CorruptWeightsException;
import io.prefstream.model.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingStepTest {
    private static final PreferenceLoss ALL_TERMS = new PreferenceLoss(0.7, 1.3, 0.2, 0.05);
    private static final int ONE_MICRO_BATCH = 1_000_000;

    @TempDir Path folder;

    @Test
    void theLossIsThatOfAHandDerivation() {
        // Zero score weights make all rewards 0; a zero embedding, tied, makes all logits 0.
        try (DecoderModel model = DecoderModel.initialize(TinyModels.config(true), 1)) {
            model.parameters().get("score.weight").muli(0);
            model.parameters().get("model.embed_tokens.weight").muli(0);
            try (TrainingStep step =
                    model.trainingStep(new PreferenceLoss(1, 1, 0.5, 9), AdamW.defaults())) {
                StepResult result = step.evaluate(batch(4, ONE_MICRO_BATCH));
                assertThat(result.reward()).isCloseTo(Math.log(1 + Math.exp(0.5)), within(1e-6));
                assertThat(result.language()).isCloseTo(Math.log(30), within(1e-6));
                assertThat(result.loss())
                        .isCloseTo(result.reward() + result.language(), within(1e-5));
                assertThat(result.accuracy()).as("a tie is no win").isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void gradientsAreTheFiniteDifferencesOfTheReferencesLoss(boolean tied) {
        checkGradients(tied, pairs(3, new Random(21)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void soAreThoseOfPairsWithWeights(boolean tied) {
        List<EncodedPair> pairs = new ArrayList<>();
        for (EncodedPair pair : pairs(3, new Random(21))) {
            pairs.add(pair.weighted(List.of(1.0, 0.25, 0.0).get(pairs.size())));
        }
        checkGradients(tied, pairs);
    }

    @Test
    void soAreThoseOfSequencesThatAttentionCutsIntoBlocks() {
        ModelConfig config =
                ModelConfig.qwen2(30, 16, 24, 1, 4, 2, 150, true, TokenIds.of(0, 0, 1), 0.3);
        Random random = new Random(23);
        EncodedText chosen = new EncodedText(random.ints(150, 2, 30).toArray(), 40, 150);
        EncodedText rejected = new EncodedText(random.ints(81, 2, 30).toArray(), 40, 150);
        checkGradients(
                DecoderModelTest.randomized(config), List.of(new EncodedPair(chosen, rejected)));
    }

    @ParameterizedTest
    @EnumSource(names = {"QWEN3", "LLAMA_WITH_BIASES"})
    void soAreThoseOfFamiliesWithNormsOfHeadsAndWithBiases(Golden golden) throws IOException {
        checkGradients(golden.model(), pairs(3, new Random(21)));
    }

    @Test
    void languageTrainingHasTheGradientsOfTheLanguageLoss() {
        int[] window = new Random(24).ints(31, 2, 30).toArray();
        EncodedText text = new EncodedText(window, 1, TinyModels.CONTEXT);
        PairBatch batch = PairBatch.of(List.of(new EncodedPair(text, text)), ONE_MICRO_BATCH);
        try (DecoderModel one = DecoderModelTest.randomized(true);
                DecoderModel other = DecoderModelTest.randomized(true);
                TrainingStep step =
                        one.trainingStep(new PreferenceLoss(0, 1, 0, 0), AdamW.defaults());
                LanguageTraining training = other.languageTraining(AdamW.defaults(), 100)) {
            StepResult expected = step.run(batch, 0.01f);
            LanguageTraining.Step actual = training.run(List.of(window), 0.01f);
            assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-5));
            assertThat(actual.gradientNorm()).isCloseTo(expected.gradientNorm(), within(1e-4));
            assertThat(step.evaluate(batch).loss())
                    .isCloseTo(training.loss(List.of(window)), within(1e-4))
                    .isLessThan(expected.loss());
        }
    }

    private static void checkGradients(boolean tied, List<EncodedPair> pairs) {
        checkGradients(DecoderModelTest.randomized(TinyModels.config(tied)), pairs);
    }

    private static void checkGradients(DecoderModel decoder, List<EncodedPair> pairs) {
        try (DecoderModel model = decoder;
                TrainingStep step = model.trainingStep(ALL_TERMS, AdamW.defaults())) {
            ReferenceDecoder reference = new ReferenceDecoder(model);
            PairBatch batch = PairBatch.of(pairs, ONE_MICRO_BATCH);
            assertThat(step.evaluate(batch).loss())
                    .isCloseTo(reference.loss(ALL_TERMS, pairs), within(1e-5));
            Random random = new Random(22);
            for (Map.Entry<String, float[]> gradient : step.gradientsOf(batch).entrySet()) {
                double[] weight = reference.weights.get(gradient.getKey());
                for (int check = 0; check < 4; check++) {
                    int i = random.nextInt(weight.length);
                    double original = weight[i];
                    double h = 1e-5;
                    weight[i] = original + h;
                    double above = reference.loss(ALL_TERMS, pairs);
                    weight[i] = original - h;
                    double below = reference.loss(ALL_TERMS, pairs);
                    weight[i] = original;
                    double slope = (above - below) / (2 * h);
                    assertThat((double) gradient.getValue()[i])
                            .as("%s[%d]", gradient.getKey(), i)
                            .isCloseTo(slope, within(1e-5 + 1e-3 * Math.abs(slope)));
                }
            }
        }
    }

    @Test
    void theLossOfWeightedPairsIsTheMeanOfWeightTimesLoss() {
        List<EncodedPair> pairs = pairs(3, new Random(21));
        try (DecoderModel model = DecoderModelTest.randomized(true);
                TrainingStep step =
                        model.trainingStep(new PreferenceLoss(1, 0, 0, 0), AdamW.defaults())) {
            double expected = 0;
            List<EncodedPair> weighted = new ArrayList<>();
            for (EncodedPair pair : pairs) {
                double weight = List.of(0.5, 1.0, 0.125).get(weighted.size());
                expected += weight * step.evaluate(PairBatch.of(List.of(pair), 1)).reward() / 3;
                weighted.add(pair.weighted(weight));
            }
            // One micro-batch of weight 1 alone among others.
            assertThat(step.evaluate(PairBatch.of(weighted, 1)).loss())
                    .isCloseTo(expected, within(1e-6));
            assertThat(step.evaluate(PairBatch.of(weighted, ONE_MICRO_BATCH)).reward())
                    .isCloseTo(expected, within(1e-6));
        }
        assertThatThrownBy(() -> pairs.get(0).weighted(Double.NaN))
                .hasMessage("weight NaN of a pair must be at least 0");
    }

    @Test
    void microBatchesAddUpToTheBatch() {
        try (DecoderModel model = DecoderModelTest.randomized(true);
                TrainingStep step = model.trainingStep(ALL_TERMS, AdamW.defaults())) {
            PairBatch whole = batch(9, ONE_MICRO_BATCH);
            PairBatch cut = batch(9, 150);
            assertThat(cut.microBatches()).hasSizeGreaterThan(3);
            assertThat(step.evaluate(cut).loss())
                    .isCloseTo(step.evaluate(whole).loss(), within(1e-5));
            Map<String, float[]> one = step.gradientsOf(whole);
            step.gradientsOf(cut)
                    .forEach(
                            (name, gradient) ->
                                    assertThat(gradient)
                                            .as(name)
                                            .containsExactly(one.get(name), within(1e-5f)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void layersThatAreComputedAgainGiveTheSameLossAndGradients(boolean tied) {
        try (DecoderModel model = DecoderModelTest.randomized(tied);
                TrainingStep kept = model.trainingStep(ALL_TERMS, AdamW.defaults());
                TrainingStep again = model.trainingStep(ALL_TERMS, AdamW.defaults(), true)) {
            Map<String, float[]> expected = kept.gradientsOf(batch(9, 150));
            Map<String, float[]> gradients = again.gradientsOf(batch(9, 150));
            assertThat(gradients.keySet()).isEqualTo(expected.keySet());
            gradients.forEach(
                    (name, gradient) ->
                            assertThat(gradient)
                                    .as(name)
                                    .containsExactly(expected.get(name), within(1e-5f)));
            double loss = kept.evaluate(batch(9, 150)).loss();
            assertThat(again.run(batch(9, 150), 0.01f).loss()).isCloseTo(loss, within(1e-5));
        }
    }

    @Test
    void anUpdateIsAdamWsWithClippingAndWithoutDecayOfVectors() {
        AdamW settings = new AdamW(0.9, 0.95, 1e-8, 0.1, 0.5);
        float rate = 0.01f;
        try (DecoderModel model = DecoderModelTest.randomized(true);
                TrainingStep step = model.trainingStep(ALL_TERMS, settings)) {
            Map<String, double[]> m = new LinkedHashMap<>();
            Map<String, double[]> v = new LinkedHashMap<>();
            for (int t = 1; t <= 3; t++) {
                PairBatch batch = PairBatch.of(pairs(3, new Random(t)), ONE_MICRO_BATCH);
                Map<String, float[]> gradients = step.gradientsOf(batch);
                double square = 0;
                for (float[] gradient : gradients.values()) {
                    for (float g : gradient) {
                        square += (double) g * g;
                    }
                }
                double norm = Math.sqrt(square);
                Map<String, double[]> expected = new ReferenceDecoder(model).weights;
                for (Map.Entry<String, double[]> parameter : expected.entrySet()) {
                    double[] w = parameter.getValue();
                    double[] m1 = m.computeIfAbsent(parameter.getKey(), k -> new double[w.length]);
                    double[] v1 = v.computeIfAbsent(parameter.getKey(), k -> new double[w.length]);
                    boolean vector =
                            model.parameters().get(parameter.getKey()).getShape().dimension() == 1;
                    for (int i = 0; i < w.length; i++) {
                        double g = gradients.get(parameter.getKey())[i] * Math.min(1, 0.5 / norm);
                        m1[i] = 0.9 * m1[i] + 0.1 * g;
                        v1[i] = 0.95 * v1[i] + 0.05 * g * g;
                        double mean = m1[i] / (1 - Math.pow(0.9, t));
                        double spread = v1[i] / (1 - Math.pow(0.95, t));
                        w[i] -= rate * (vector ? 0 : 0.1) * w[i];
                        w[i] -= rate * mean / (Math.sqrt(spread) + 1e-8);
                    }
                }
                StepResult result = step.run(batch, rate);
                assertThat(result.gradientNorm()).isCloseTo(norm, within(1e-4 * norm));
                model.parameters()
                        .forEach(
                                (name, array) -> {
                                    float[] actual = array.toFloatArray();
                                    for (int i = 0; i < actual.length; i++) {
                                        // Where a gradient is rounding noise its sign is too.
                                        assertThat((double) actual[i])
                                                .as("%s[%d]", name, i)
                                                .isCloseTo(
                                                        expected.get(name)[i],
                                                        within(
                                                                name.contains("k_proj.bias")
                                                                        ? 2.1 * rate
                                                                        : 2e-4));
                                    }
                                });
            }
        }
    }

    @Test
    void aResumedRunIsBitwiseTheUninterruptedOne() throws Exception {
        Path weights = folder.resolve("model.safetensors");
        Path state = folder.resolve("optimizer.safetensors");
        List<Double> uninterrupted = new ArrayList<>();
        float[] expected;
        try (DecoderModel model = DecoderModel.initialize(TinyModels.config(true), 4);
                TrainingStep step = model.trainingStep(ALL_TERMS, AdamW.defaults())) {
            for (int i = 0; i < 6; i++) {
                if (i == 3) {
                    model.save(weights, SafeTensors.Type.F32);
                    step.saveState(state);
                }
                uninterrupted.add(step.run(stepBatch(i), 0.01f).loss());
            }
            expected = model.parameters().get("model.embed_tokens.weight").toFloatArray();
        }
        try (DecoderModel model = DecoderModel.load(TinyModels.config(true), weights);
                TrainingStep step = model.trainingStep(ALL_TERMS, AdamW.defaults())) {
            step.loadState(state);
            assertThat(step.step()).isEqualTo(3);
            for (int i = 3; i < 6; i++) {
                assertThat(step.run(stepBatch(i), 0.01f).loss()).isEqualTo(uninterrupted.get(i));
            }
            assertThat(model.parameters().get("model.embed_tokens.weight").toFloatArray())
                    .isEqualTo(expected);
        }
    }

    @Test
    void theStateOfAModelOfOtherSizesIsRefusedWithBothShapes() throws Exception {
        Path state = folder.resolve("optimizer.safetensors");
        try (DecoderModel model = DecoderModel.initialize(TinyModels.config(true), 4);
                TrainingStep step = model.trainingStep(ALL_TERMS, AdamW.defaults())) {
            step.saveState(state);
        }
        ModelConfig given = TinyModels.config(true);
        ModelConfig wider =
                given.resized(
                        given.hiddenSize(),
                        2 * given.intermediateSize(),
                        given.layers(),
                        given.attentionHeads(),
                        given.keyValueHeads(),
                        given.maxPositionEmbeddings());
        try (DecoderModel model = DecoderModel.initialize(wider, 4);
                TrainingStep step = model.trainingStep(ALL_TERMS, AdamW.defaults())) {
            assertThatThrownBy(() -> step.loadState(state))
                    .isInstanceOf(CorruptWeightsException.class)
                    .hasMessageStartingWith(state + ": exp_avg.model.layers.0.mlp.")
                    .hasMessageContaining(
                            "_proj.weight has shape [%d, %d], expected [%d, %d], the shape of the model's model.layers.0.mlp."
                                    .formatted(
                                            given.intermediateSize(),
                                            given.hiddenSize(),
                                            wider.intermediateSize(),
                                            wider.hiddenSize()));
        }
    }

    @Test
    void twoHundredStepsLeaveNoArrayAndNoMemoryBehind() throws Exception {
        try (DecoderModel model = DecoderModel.initialize(TinyModels.config(true), 4);
                TrainingStep step = model.trainingStep(ALL_TERMS, AdamW.defaults())) {
            for (int i = 0; i < 40; i++) {
                step.run(stepBatch(i), 0.001f);
            }
            int arrays = model.manager().getManagedArrays().size();
            long memory = residentKilobytes();
            for (int i = 0; i < 200; i++) {
                step.run(stepBatch(i), 0.001f);
            }
            assertThat(model.manager().getManagedArrays()).hasSize(arrays);
            assertThat(residentKilobytes() - memory).isLessThan(64 * 1024);
        }
    }

    @Test
    void aGradientThatIsNotFiniteChangesNothing() {
        try (DecoderModel model = DecoderModel.initialize(TinyModels.config(true), 4);
                TrainingStep step = model.trainingStep(ALL_TERMS, AdamW.defaults())) {
            NDArray score = model.parameters().get("score.weight");
            try (NDArray infinity = model.manager().create(Float.POSITIVE_INFINITY)) {
                score.addi(infinity);
            }
            float[] before = model.parameters().get("model.norm.weight").toFloatArray();
            StepResult result = step.run(batch(3, ONE_MICRO_BATCH), 0.1f);
            assertThat(result.applied()).isFalse();
            assertThat(step.step()).isZero();
            assertThat(model.parameters().get("model.norm.weight").toFloatArray())
                    .isEqualTo(before);
        }
    }

    @Test
    void theVarianceOfRewardsIsThatOfBothSidesTogether() {
        try (DecoderModel model = DecoderModelTest.randomized(true);
                TrainingStep step = model.trainingStep(ALL_TERMS, AdamW.defaults())) {
            List<EncodedPair> pairs = pairs(5, new Random(31));
            List<EncodedText> texts = new ArrayList<>();
            pairs.forEach(pair -> texts.addAll(List.of(pair.chosen(), pair.rejected())));
            double sum = 0;
            double squares = 0;
            for (float reward : model.rewards(texts)) {
                sum += reward;
                squares += reward * reward;
            }
            StepResult result = step.evaluate(batch(5, 150));
            assertThat(result.meanChosenReward() + result.meanRejectedReward())
                    .isCloseTo(sum / 5, within(1e-5));
            assertThat(result.rewardVariance())
                    .isCloseTo(squares / 10 - sum / 10 * sum / 10, within(1e-4));
        }
    }

    @Test
    void separablePairsAreLearnt() {
        Random random = new Random(8);
        List<EncodedPair> fresh = TinyModels.separable(64, new Random(9));
        try (DecoderModel model = DecoderModel.initialize(TinyModels.config(true), 4);
                TrainingStep step =
                        model.trainingStep(PreferenceLoss.codePmp(), AdamW.defaults())) {
            for (int i = 0; i < 120; i++) {
                step.run(PairBatch.of(TinyModels.separable(16, random), 4096), 0.01f);
            }
            StepResult result = step.evaluate(PairBatch.of(fresh, 4096));
            assertThat(result.accuracy()).isGreaterThan(0.95);
        }
    }

    @Test
    void aPairOverTheContextAndANegativeRateAreRefused() {
        EncodedText longText = new EncodedText(new int[50], 1, 40);
        assertThatThrownBy(() -> PairBatch.of(List.of(new EncodedPair(longText, longText)), 100))
                .hasMessage("pair of 50 tokens exceeds the context of 40");
        try (DecoderModel model = DecoderModel.initialize(TinyModels.config(true), 4);
                TrainingStep step = model.trainingStep(ALL_TERMS, AdamW.defaults())) {
            assertThatThrownBy(() -> step.run(batch(1, 100), -1f))
                    .hasMessage("learning rate -1.0 must be at least 0");
        }
    }

    private static PairBatch stepBatch(int i) {
        return PairBatch.of(pairs(4, new Random(100 + i)), 200);
    }

    private static PairBatch batch(int pairs, int tokensAtOnce) {
        return PairBatch.of(pairs(pairs, new Random(31)), tokensAtOnce);
    }

    private static List<EncodedPair> pairs(int count, Random random) {
        List<EncodedPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(TinyModels.pair(random, 6 + random.nextInt(30)));
        }
        return pairs;
    }

    private static long residentKilobytes() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IllegalStateException("no VmRSS");
    }
}
