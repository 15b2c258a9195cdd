package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.model.Heads;
import io.prefstream.model.ModelBundle;
import io.prefstream.replay.PairCodec;
import io.prefstream.replay.RateLimiter;
import io.prefstream.replay.ReplayBuffer;
import io.prefstream.replay.ReplayUpdate;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Split;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelLearnerTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    private Path pairs;
    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        pairs = PairFile.separable(folder.resolve("pairs.jsonl"), 1_500);
        model = TinyModel.write(folder.resolve("model"), pairs);
    }

    @Test
    void learnsASeparableSetAndReleasesAModelThatCanBeLoaded() throws IOException {
        Path out = folder.resolve("out");
        int exit =
                TrainerMain.run(
                        arguments(out, "schedule.steps=80", "evaluation.prequential-share=0.2"),
                        new PrintStream(OutputStream.nullOutputStream()),
                        System.err);
        assertThat(exit).isZero();
        JsonNode summary = JSON.readTree(out.resolve("trainer-summary.json").toFile());
        assertThat(summary.path("holdoutAccuracy").asDouble()).isGreaterThan(0.95);

        Path release = Path.of(summary.at("/checkpoints/0/path").asText());
        JsonNode written = JSON.readTree(release.resolve(ModelBundle.CONFIG).toFile());
        assertThat(written.path("architectures"))
                .hasToString("[\"Qwen2ForSequenceClassification\"]");
        assertThat(written.path("id2label")).hasSize(1);
        assertThat(written.path("pad_token_id").asInt()).isEqualTo(1).isNotEqualTo(0);
        Path again = folder.resolve("again");
        TrainerConfig config = config(again, Map.of("model.path", release.toString()));
        try (Learner learner = ModelLearner.create(config)) {
            Accuracy accuracy = Accuracy.ofMargins(learner.margins(holdout()));
            assertThat(accuracy.value()).isEqualTo(summary.path("holdoutAccuracy").asDouble());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {"f32 cpu", "bf16 cpu", "bf16 cpu,cpu"})
    void goesOnFromASaveBitByBit(String precision, String devices) throws IOException {
        Map<String, String> settings = Map.of("model.precision", precision, "devices", devices);
        List<PreferencePair> batch = holdout().subList(0, 8);
        Path save = Files.createDirectory(folder.resolve("save"));
        Learner.StepResult[] expected = new Learner.StepResult[3];
        float[] margins;
        try (Learner learner = ModelLearner.create(config(folder.resolve("a"), settings))) {
            learner.step(batch, 1e-2);
            learner.step(batch, 1e-2);
            learner.save(save);
            for (int i = 0; i < expected.length; i++) {
                expected[i] = learner.step(batch, 1e-2);
            }
            margins = learner.margins(batch);
        }
        try (Learner learner = ModelLearner.create(config(folder.resolve("b"), settings))) {
            learner.load(save);
            for (Learner.StepResult step : expected) {
                assertThat(learner.step(batch, 1e-2)).isEqualTo(step);
            }
            assertThat(learner.margins(batch)).isEqualTo(margins);
        }
    }

    @Test
    void comesBackFromAForkAsItWas() throws Exception {
        List<PreferencePair> batch = holdout().subList(0, 8);
        try (Learner straight = ModelLearner.create(config(folder.resolve("a"), Map.of()));
                Learner forked = ModelLearner.create(config(folder.resolve("b"), Map.of()))) {
            straight.step(batch, 1e-2);
            forked.step(batch, 1e-2);
            try (Learner.Memory memory = forked.remember()) {
                forked.step(batch, 1e-1);
                memory.recall();
            }
            assertThat(forked.step(batch, 1e-2)).isEqualTo(straight.step(batch, 1e-2));
        }
        assertThat(folder.resolve("b").resolve("fork")).doesNotExist();
    }

    @Test
    void aPairThatIsTooLongIsRefusedWithTheLimit() throws IOException {
        PreferencePair pair = holdout().get(0);
        TrainerConfig config = config(folder.resolve("a"), Map.of("model.context", "10"));
        try (Learner learner = ModelLearner.create(config)) {
            assertThat(learner.refusal(pair)).get().asString().contains("exceeds model.context=10");
        }
    }

    @Test
    void aContextThatTheModelDoesNotHaveIsRefused() throws IOException {
        TrainerConfig config = config(folder.resolve("a"), Map.of("model.context", "65"));
        assertThatThrownBy(() -> ModelLearner.create(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("model.context=65 exceeds the 64 of the model");
        assertThat(config.out()).doesNotExist();
    }

    @Test
    void aModelWithoutARewardHeadGetsOneThatTheSeedDraws() throws IOException {
        Path language = RandomModel.write(folder.resolve("language"), 64, Heads.LANGUAGE);
        Map<String, String> keys = Map.of("model.path", language.toString(), "seed", "7");
        PreferencePair pair = FilePair.plain("k", "int a", "int a = 1;", "int a = 2;");
        float margin;
        try (Learner learner = ModelLearner.create(config(folder.resolve("a"), keys))) {
            margin = learner.margins(List.of(pair))[0];
            learner.save(Files.createDirectories(folder.resolve("trunk")));
        }
        assertThat(margin).isNotZero();
        // The same seed, the same head; the trunk has it, whatever seed goes on from it.
        try (Learner learner = ModelLearner.create(config(folder.resolve("b"), keys))) {
            assertThat(learner.margins(List.of(pair))[0]).isEqualTo(margin);
        }
        Map<String, String> other = Map.of("model.path", language.toString(), "seed", "8");
        try (Learner learner = ModelLearner.create(config(folder.resolve("c"), other))) {
            assertThat(learner.margins(List.of(pair))[0]).isNotEqualTo(margin);
            learner.load(folder.resolve("trunk"));
            assertThat(learner.margins(List.of(pair))[0]).isEqualTo(margin);
        }
    }

    @Test
    void aModelWithoutTheHeadThatTheLossNeedsIsRefused() throws IOException {
        Path reward = RandomModel.write(folder.resolve("reward"), 64, Heads.REWARD);
        assertThatThrownBy(
                        () ->
                                ModelLearner.create(
                                        config(
                                                folder.resolve("a"),
                                                Map.of("model.path", reward.toString()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("loss.language=1.0, but the model in");
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @Test
    void aTokenizerWithMoreTokensThanTheModelIsRefused() throws IOException {
        Path other = RandomModel.write(folder.resolve("other"), 64);
        Files.copy(
                model.resolve(ModelBundle.TOKENIZER),
                other.resolve(ModelBundle.TOKENIZER),
                StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(
                        () ->
                                ModelLearner.create(
                                        config(
                                                folder.resolve("a"),
                                                Map.of("model.path", other.toString()))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tokenizer.json has token ")
                .hasMessageContaining("config.json an embedding of vocab_size=300");
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @Test
    void aTableOfLongerPairsThanTheContextIsSaidWithTheKey() throws IOException {
        TrainerConfig config = config(folder.resolve("a"), Map.of("model.context", "10"));
        try (Learner learner = ModelLearner.create(config)) {
            PreferencePair pair = holdout().get(0);
            assertThatThrownBy(() -> learner.step(List.of(pair), 1e-3))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("pair " + pair.getId() + " of the table has ")
                    .hasMessageContaining("expected 10 at most")
                    .hasMessageContaining("model.context");
        }
    }

    @Test
    void layersThatAreComputedAgainMakeTheSameSteps() throws IOException {
        List<PreferencePair> batch = holdout().subList(0, 8);
        Map<String, String> again = Map.of("batch.recompute-layers", "true");
        try (Learner kept = ModelLearner.create(config(folder.resolve("a"), Map.of()));
                Learner recomputed = ModelLearner.create(config(folder.resolve("b"), again))) {
            for (int i = 0; i < 3; i++) {
                assertThat(recomputed.step(batch, 1e-2).loss())
                        .isCloseTo(kept.step(batch, 1e-2).loss(), within(1e-4));
            }
            Learner.Work work = kept.prepare(batch).work();
            assertThat(work.tokens()).isPositive().isLessThanOrEqualTo(work.paddedTokens());
            assertThat(work.operations()).isPositive();
        }
    }

    @Test
    void severalDevicesMakeTheStepsOfOne() throws IOException {
        List<PreferencePair> batch = holdout().subList(0, 8);
        Map<String, String> several = Map.of("devices", "cpu,cpu,cpu");
        try (Learner one = ModelLearner.create(config(folder.resolve("a"), Map.of()));
                Learner three = ModelLearner.create(config(folder.resolve("b"), several))) {
            for (int i = 0; i < 5; i++) {
                assertThat(three.step(batch, 1e-2).loss())
                        .isCloseTo(one.step(batch, 1e-2).loss(), within(1e-4));
            }
            float[] margins = one.margins(batch);
            assertThat(three.margins(batch)).containsExactly(margins, within(1e-3f));
            // Behind a fork the copies are where the model is.
            try (Learner.Memory memory = three.remember()) {
                three.step(batch, 1e-1);
                memory.recall();
            }
            assertThat(three.step(batch, 1e-2).loss())
                    .isCloseTo(one.step(batch, 1e-2).loss(), within(1e-4));
        }
    }

    @Test
    void aGpuThatIsNotThereIsRefusedInOneLine() throws IOException {
        TrainerConfig config = config(folder.resolve("a"), Map.of("devices", "gpu:97"));
        assertThatThrownBy(() -> ModelLearner.create(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("devices=gpu:97: there is no GPU 97, the engine sees")
                .hasMessageContaining("devices=cpu");
        assertThat(config.out()).doesNotExist();
    }

    @Test
    void aBatchByTokensIsFilledWithRealTokens() throws IOException {
        Map<String, String> settings = Map.of("batch.tokens", "300", "batch.tokens-at-once", "128");
        TrainerConfig config = config(folder.resolve("a"), settings);
        Path live = folder.resolve("table");
        try (Learner learner = ModelLearner.create(config);
                ReplayBuffer table = ReplayBuffer.open(live, config.replay().settings())) {
            PairCodec codec = new PairCodec(table);
            try (ReplayUpdate update = table.begin()) {
                holdout().forEach(pair -> update.insert(codec.item(pair)));
                update.commit();
            }
            BatchDraws draws =
                    new BatchDraws(config, learner, table, codec, BatchDraws.Saved.fresh(1));
            for (int i = 0; i < 20; i++) {
                BatchDraws.Drawn drawn = draws.next(RateLimiter.minSizeOnly(1), i).orElseThrow();
                Learner.Work work = learner.prepare(drawn.pairs()).work();
                long last = learner.tokens(drawn.pairs().get(drawn.pairs().size() - 1));
                assertThat(work.tokens()).isBetween(300L, 300 + last - 1);
                // Micro-batches of like length: little padding.
                assertThat(work.paddedTokens()).isLessThan(work.tokens() * 3 / 2);
            }
        }
    }

    @Test
    void aFolderWithoutAModelIsAFailureInOneLine() throws IOException {
        Files.delete(model.resolve(ModelBundle.WEIGHTS));
        assertThatThrownBy(() -> ModelLearner.create(config(folder.resolve("a"), Map.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "model.path=%s: no model bundle: model.safetensors is missing"
                                .formatted(model));
        assertThat(folder.resolve("a")).doesNotExist();
    }

    private List<PreferencePair> holdout() throws IOException {
        HoldoutSet holdout = new HoldoutSet(1_000);
        PairFile.read(pairs, 0.1).stream()
                .filter(pair -> pair.getSplit() == Split.HOLDOUT)
                .forEach(holdout::offer);
        return holdout.pairs();
    }

    private TrainerConfig config(Path out, Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("out", out.toString());
        all.put("source.pairs", pairs.toString());
        all.put("model.path", model.toString());
        all.put("schedule.steps", "1");
        all.putAll(settings);
        return TrainerConfigReader.read(null, all);
    }

    private String[] arguments(Path out, String... settings) {
        String fixed =
                "train --pairs %s --model %s --out %s --set batch.pairs=16 --set optimizer.learning-rate=5e-3"
                        .formatted(pairs, model, out);
        StringBuilder all = new StringBuilder(fixed);
        for (String setting : settings) {
            all.append(" --set ").append(setting);
        }
        return all.toString().split(" ", -1);
    }
}
