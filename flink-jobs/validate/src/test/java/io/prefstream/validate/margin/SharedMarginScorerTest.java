package io.prefstream.validate.margin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.jobs.generators.release.CheckpointUnusableException;
import io.prefstream.jobs.generators.release.ProcessModel;
import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.jobs.generators.testing.TinyModels;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.validate.Candidates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real, tiny models. */
class SharedMarginScorerTest {

    private static final Offset<Double> FLOAT_NOISE = within(1e-5);

    @TempDir private Path folder;

    private Path first;
    private Path second;
    private ReleaseModel firstRelease;
    private ReleaseModel secondRelease;
    private MarginScorer scorer;
    private MarginScorer otherSubtask;

    @BeforeEach
    void writeModels() throws Exception {
        first = TinyModels.write(folder.resolve("1"), 1, Candidates.LARGER);
        second = TinyModels.write(folder.resolve("2"), 2, Candidates.LARGER);
        firstRelease = ReleaseModel.of(TinyModels.published("release-1", first, 100));
        secondRelease = ReleaseModel.of(TinyModels.published("release-2", second, 200));
        MarginScorer.Factory factory = SharedMarginScorer.factory(folder.toString(), 1);
        scorer = factory.open();
        otherSubtask = factory.open();
    }

    @AfterEach
    void close() {
        scorer.close();
        otherSubtask.close();
    }

    @Test
    void marginsEqualThoseOfTheModelAskedAlone() throws Exception {
        List<CandidatePair> pairs = Candidates.good(40);
        List<CompletableFuture<MarginScorer.Margin>> answers = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            answers.add((i % 2 == 0 ? scorer : otherSubtask).margin(pairs.get(i), firstRelease));
        }

        for (int i = 0; i < pairs.size(); i++) {
            MarginScorer.Margin margin = answers.get(i).get(60, TimeUnit.SECONDS);
            assertThat(margin.checkpointId()).isEqualTo("release-1");
            assertThat(margin.value())
                    .isCloseTo(TinyModels.margin(first, pairs.get(i)), FLOAT_NOISE);
        }
    }

    @Test
    void beforeTheFirstReleaseThereIsNoMargin() {
        assertThatThrownBy(() -> scorer.margin(Candidates.good(), null).get())
                .hasCauseInstanceOf(CheckpointUnusableException.class)
                .hasMessageContaining("no-model-yet");
    }

    @Test
    void aNewerReleaseTakesOverForAllSubtasksAndIsNeverReplacedByAnOlderOne() throws Exception {
        ask(scorer, firstRelease);
        MarginScorer.Margin newer = ask(scorer, secondRelease);
        MarginScorer.Margin lateQuestion = ask(otherSubtask, firstRelease);

        assertThat(newer.checkpointId()).isEqualTo("release-2");
        assertThat(newer.value())
                .isCloseTo(TinyModels.margin(second, Candidates.good()), FLOAT_NOISE);
        assertThat(lateQuestion).isEqualTo(newer);
    }

    @Test
    void aReleaseThatIsNotWhatWasAnnouncedIsRefusedAndTheNextOneWorks() throws Exception {
        ask(scorer, firstRelease);
        Path weights = second.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);

        for (MarginScorer subtask : List.of(scorer, otherSubtask)) {
            assertThatThrownBy(() -> ask(subtask, secondRelease))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(CheckpointUnusableException.class)
                    .hasMessageContaining(
                            "checkpoint release-2 is unusable: file model.safetensors has SHA-256");
        }
        Path third = TinyModels.write(folder.resolve("3"), 3, Candidates.LARGER);
        ReleaseModel thirdRelease = ReleaseModel.of(TinyModels.published("r3", third, 300));
        assertThat(ask(otherSubtask, thirdRelease).checkpointId()).isEqualTo("r3");
    }

    @Test
    void aReleaseWithAnotherTokenizerGetsAScorerOfItsOwn() throws Exception {
        ask(scorer, firstRelease);
        Path other = TinyModels.write(folder.resolve("4"), 4, "entirely different words");
        ReleaseModel release = ReleaseModel.of(TinyModels.published("release-4", other, 400));

        MarginScorer.Margin margin = ask(scorer, release);

        assertThat(margin.checkpointId()).isEqualTo("release-4");
        assertThat(margin.value())
                .isCloseTo(TinyModels.margin(other, Candidates.good()), FLOAT_NOISE);
    }

    @Test
    void anAnswerThatComesWhileTheLastUserLeavesDoesntHoldItUp() throws Exception {
        ProcessModel model = ProcessModel.acquire(folder + "/closing", 1);
        TextEngine engine = model.engine(firstRelease);
        Thread leaving = new Thread(model::release, "leaving");
        leaving.setDaemon(true);

        CompletableFuture<OptionalDouble> told =
                engine.scorePair("Returns a.", Candidates.LARGER, Candidates.SMALLER)
                        .thenApply(
                                score -> {
                                    leaving.start();
                                    awaitThatItWaits(leaving);
                                    return model.marginScale(score.model());
                                });

        assertThat(told.get(60, TimeUnit.SECONDS)).isEmpty();
        leaving.join(Duration.ofSeconds(60).toMillis());
        assertThat(leaving.isAlive()).isFalse();
    }

    /** For the engine's thread, which tells the answer; or until it waited for nobody. */
    private static void awaitThatItWaits(Thread thread) {
        while (thread.getState() != Thread.State.WAITING
                && thread.getState() != Thread.State.TERMINATED) {
            Thread.onSpinWait();
        }
    }

    private static MarginScorer.Margin ask(MarginScorer subtask, ReleaseModel release)
            throws Exception {
        return subtask.margin(Candidates.good(), release).get(60, TimeUnit.SECONDS);
    }
}
