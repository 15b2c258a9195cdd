package io.prefstream.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.model.DemoModel;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.trainer.FilePair;
import io.prefstream.trainer.Learner;
import io.prefstream.trainer.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuningTest {

    /** A learner whose loss is no number at some steps, and that writes down what it is given. */
    private static final class Sick implements Learner {
        private final Set<Integer> bad;
        private final List<String> seen = new ArrayList<>();
        private int steps;

        Sick(Set<Integer> bad) {
            this.bad = bad;
        }

        private record Given(List<PreferencePair> pairs) implements Batch {
            @Override
            public Work work() {
                return new Work(pairs.size(), pairs.size(), 0);
            }
        }

        @Override
        public Batch prepare(List<PreferencePair> pairs, List<Double> weights) {
            return new Given(List.copyOf(pairs));
        }

        @Override
        public StepResult step(Batch batch, double learningRate) {
            ((Given) batch).pairs().forEach(pair -> seen.add(pair.getId()));
            boolean applied = !bad.contains(++steps);
            double loss = applied ? 0.5 : Double.NaN;
            return new StepResult(loss, loss, 0, loss, 1, applied, 0, 0);
        }

        @Override
        public double peakRate() {
            return 0;
        }

        @Override
        public Optional<String> refusal(PreferencePair pair) {
            return Optional.empty();
        }

        @Override
        public float[] margins(List<PreferencePair> pairs) {
            return new float[] {Float.NaN};
        }

        @Override
        public void save(Path folder) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void load(Path folder) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void export(Path folder) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Memory remember() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private static final List<PreferencePair> PAIRS =
            IntStream.range(0, 10)
                    .mapToObj(i -> FilePair.plain("pair-" + i, "q", "a", "b"))
                    .toList();

    @Test
    void stepsWithoutANumberAreSkippedAndCounted() {
        Tuning.Outcome outcome =
                tuning(2).run(new Sick(Set.of(2, 4)), PAIRS, 1, (a, b, c, d) -> {});
        assertThat(outcome).isEqualTo(new Tuning.Outcome(5, 2, 0.5));
    }

    @Test
    void tooManyInARowEndItAndNameTheirPairs() {
        Sick learner = new Sick(Set.of(1, 2));
        assertThatThrownBy(() -> tuning(2).run(learner, PAIRS, 1, (a, b, c, d) -> {}))
                .isInstanceOf(TrainingException.class)
                .hasMessage(
                        "pairs.jsonl: loss NaN and gradient norm NaN, expected numbers, in 2 steps in a row (--max-bad-steps): step 1 with %s, %s; step 2 with %s, %s"
                                .formatted(learner.seen.toArray()));
    }

    @Test
    void everyPairIsSeenOnceAnEpochInAnOrderOfTheSeed() {
        Sick first = new Sick(Set.of());
        Sick again = new Sick(Set.of());
        Sick other = new Sick(Set.of());
        tuning(3).run(first, PAIRS, 1, (a, b, c, d) -> {});
        tuning(3).run(again, PAIRS, 1, (a, b, c, d) -> {});
        tuning(3).run(other, PAIRS, 2, (a, b, c, d) -> {});
        assertThat(first.seen)
                .containsExactlyInAnyOrderElementsOf(
                        PAIRS.stream().map(PreferencePair::getId).toList())
                .isEqualTo(again.seen)
                .isNotEqualTo(other.seen);
    }

    @Test
    void aSmallerSampleIsTheBeginningOfALargerOne() {
        List<PreferencePair> seven = Tuning.sample(PAIRS, 7, 3);
        assertThat(Tuning.sample(PAIRS, 4, 3)).isEqualTo(seven.subList(0, 4));
        assertThat(Tuning.sample(PAIRS, 7, 4)).isNotEqualTo(seven);
    }

    @Test
    void theContextIsThePapersUnlessTheModelHasLess(@TempDir Path folder) throws IOException {
        ModelConfig demo = DemoModel.config();
        for (int own : new int[] {128, 1_024, 32_768}) {
            Path model = Files.createDirectories(folder.resolve("model-" + own));
            ModelConfig config = demo.resized(16, 32, 1, 2, 1, own);
            Files.writeString(model.resolve(ModelBundle.CONFIG), config.toJson());
            assertThat(options(3).learner(model, folder, 1).model().context())
                    .isEqualTo(Math.min(own, 1_024));
        }
    }

    @Test
    void aMarginThatIsNoNumberIsNotCountedAsWrong() {
        assertThatThrownBy(() -> tuning(1).judge(new Sick(Set.of()), List.of(PAIRS.subList(0, 1))))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("margin of pair pair-0 is NaN");
    }

    private static Tuning tuning(int maxBadSteps) {
        return new Tuning(options(maxBadSteps), () -> false);
    }

    private static FinetuneOptions options(int maxBadSteps) {
        return new FinetuneOptions(
                Path.of("pairs.jsonl"), 1e-3, 0, 1, 2, 0, 1, null, 100, maxBadSteps);
    }
}
