package io.prefstream.jobs.generators.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.jobs.generators.testing.TinyModels;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.engine.TextEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real, tiny models. */
class ReleaseScorerTest {
    private static final String INSTRUCTION = "int larger(int a, int b)";
    private static final List<String> ANSWERS =
            List.of(
                    "int larger(int a, int b) { return a > b ? a : b; }",
                    "int larger(int a, int b) { return a; }",
                    "int larger(int a, int b) { return 0; }");

    @TempDir private Path folder;
    private final List<AnswerScorer> open = new ArrayList<>();

    private Path first;
    private ReleaseModel firstRelease;

    @BeforeEach
    void writeModel() throws Exception {
        first = write("1", 1, INSTRUCTION);
        firstRelease = release("release-1", first, 100);
    }

    @AfterEach
    void close() {
        open.forEach(AnswerScorer::close);
    }

    @Test
    void rewardsAreThoseOfTheReleaseAskedAlone() throws Exception {
        AnswerScorer scorer = scorer(null);

        scorer.ready(firstRelease).get(60, TimeUnit.SECONDS);

        assertSame(ask(scorer, firstRelease), alone(first, "release-1"));
    }

    @Test
    void aNewerReleaseIsAskedOnceARecordKnowsOfIt() throws Exception {
        AnswerScorer scorer = scorer(null);
        Path second = write("2", 2, INSTRUCTION);
        ReleaseModel secondRelease = release("release-2", second, 200);

        assertThat(ask(scorer, firstRelease).model()).isEqualTo("release-1");
        assertSame(ask(scorer, secondRelease), alone(second, "release-2"));
        assertThat(ask(scorer, firstRelease).model()).isEqualTo("release-2");
    }

    @Test
    void answersUnderWayAreAskedAgainWhereAnotherEngineTakesOver() throws Exception {
        AnswerScorer scorer = scorer(null);
        Path other = write("3", 3, "entirely different words");
        ReleaseModel otherRelease = release("release-3", other, 300);

        List<CompletableFuture<Rewards>> underWay = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            underWay.add(scorer.rewards(firstRelease, INSTRUCTION, ANSWERS));
        }
        Rewards later = ask(scorer, otherRelease);

        assertSame(later, alone(other, "release-3"));
        Rewards before = alone(first, "release-1");
        for (CompletableFuture<Rewards> rewards : underWay) {
            Rewards each = rewards.get(60, TimeUnit.SECONDS);
            assertSame(each, each.model().equals("release-1") ? before : later);
        }
    }

    @Test
    void beforeTheFirstReleaseAFolderIsAskedOrNobody() throws Exception {
        AnswerScorer nobody = scorer(null);
        assertUnusable(nobody.ready(null), "no release of a preference model is announced yet");
        assertUnusable(
                nobody.rewards(null, INSTRUCTION, ANSWERS),
                "no release of a preference model is announced yet");

        Path given = write("given", 4, INSTRUCTION);
        AnswerScorer scorer =
                scorer(FolderScorer.factory(given.toString(), EngineOptions.forScores()));
        scorer.ready(null).get(60, TimeUnit.SECONDS);
        Rewards before = ask(scorer, null);
        assertThat(before.model()).startsWith("given@");
        assertSame(before, alone(given, before.model()));
        assertThat(ask(scorer, firstRelease).model()).isEqualTo("release-1");
    }

    @Test
    void aReleaseThatIsNotWhatWasAnnouncedIsNamed() throws Exception {
        Files.writeString(first.resolve("config.json"), " ");
        AnswerScorer scorer = scorer(null);

        assertUnusable(
                scorer.ready(firstRelease), "checkpoint release-1 is unusable: file config.json");
    }

    private static void assertUnusable(CompletableFuture<?> answer, String why) {
        assertThatThrownBy(() -> answer.get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(CheckpointUnusableException.class)
                .hasMessageContaining(why);
    }

    /** Up to what a batch of other texts does to the last bits. */
    private static void assertSame(Rewards actual, Rewards expected) {
        assertThat(actual.model()).isEqualTo(expected.model());
        assertThat(actual.values()).hasSameSizeAs(expected.values());
        for (int i = 0; i < expected.values().size(); i++) {
            assertThat(actual.values().get(i)).isCloseTo(expected.values().get(i), within(1e-5f));
        }
    }

    private AnswerScorer scorer(@Nullable AnswerScorerFactory before) throws Exception {
        AnswerScorer scorer = ReleaseScorer.factory(folder + "/" + open.size(), 1, before).open();
        open.add(scorer);
        return scorer;
    }

    private static Rewards ask(AnswerScorer scorer, @Nullable ReleaseModel release)
            throws Exception {
        return scorer.rewards(release, INSTRUCTION, ANSWERS).get(60, TimeUnit.SECONDS);
    }

    /** What the model says of each answer, asked for one after the other. */
    private static Rewards alone(Path model, String id) throws Exception {
        try (TextEngine engine = new TextEngine(model, id, EngineOptions.forScores())) {
            List<Float> values = new ArrayList<>();
            for (String answer : ANSWERS) {
                values.add(engine.score(INSTRUCTION, answer).get(60, TimeUnit.SECONDS).reward());
            }
            return new Rewards(values, id);
        }
    }

    private Path write(String name, long seed, String corpus) throws Exception {
        return TinyModels.write(folder.resolve(name), seed, corpus);
    }

    private static ReleaseModel release(String id, Path folder, long second) throws Exception {
        return ReleaseModel.of(TinyModels.published(id, folder, second));
    }
}
