package io.prefstream.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OneModelTest {
    private final Deque<List<CompletableFuture<TextScore>>> rounds = new ArrayDeque<>();

    @Test
    void scoresOfTwoModelsAreAskedForAgain() {
        rounds.add(List.of(score("old"), score("new")));
        CompletableFuture<TextScore> last = new CompletableFuture<>();
        rounds.add(List.of(score("new"), last));

        CompletableFuture<List<TextScore>> scores = OneModel.scores(rounds::remove);
        assertThat(scores).isNotDone();
        last.complete(score("new").join());

        assertThat(scores.join()).extracting(TextScore::model).containsExactly("new", "new");
    }

    @Test
    void aFailureOfOneIsTheResults() {
        IllegalStateException failure = new IllegalStateException("too long");
        rounds.add(List.of(score("old"), CompletableFuture.failedFuture(failure)));

        assertThat(OneModel.scores(rounds::remove))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isSameAs(failure);
    }

    @Test
    void whoGivesTheResultUpGivesTheSecondRoundUp() {
        rounds.add(List.of(score("old"), score("new")));
        CompletableFuture<TextScore> underWay = new CompletableFuture<>();
        rounds.add(List.of(underWay));

        OneModel.scores(rounds::remove).cancel(false);

        assertThat(underWay).isCancelled();
    }

    private static CompletableFuture<TextScore> score(String model) {
        return CompletableFuture.completedFuture(new TextScore(1, Double.NaN, 3, 2, model));
    }
}
