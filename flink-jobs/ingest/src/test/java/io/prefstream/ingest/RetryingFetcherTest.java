package io.prefstream.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.content.ContentFetcher;
import io.prefstream.content.FetchFailed;
import io.prefstream.content.FetchFailure;
import io.prefstream.content.FetchResult;
import io.prefstream.content.Fetched;
import io.prefstream.schemas.Publication;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class RetryingFetcherTest {

    private static final FetchResult FETCHED = new Fetched(List.of(), List.of());
    private static final FetchResult UNREACHABLE =
            new FetchFailed(FetchFailure.UNREACHABLE, "refused");
    private static final FetchResult NOT_FOUND = new FetchFailed(FetchFailure.NOT_FOUND, "gone");
    private static final FetchSettings FOUR_TRIES =
            new FetchSettings(
                    1, 4, Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofSeconds(1));

    private final List<Duration> waits = new ArrayList<>();

    @Test
    void triesARetryableFailureAgainWithGrowingWaits() {
        assertThat(fetch(UNREACHABLE, UNREACHABLE, FETCHED)).isEqualTo(FETCHED);
        assertThat(waits).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(4));
    }

    @Test
    void givesTheLastFailureWhenAllTriesAreUsedUp() {
        assertThat(fetch(UNREACHABLE, UNREACHABLE, UNREACHABLE, UNREACHABLE, FETCHED))
                .isEqualTo(UNREACHABLE);
        assertThat(waits).hasSize(3);
    }

    @Test
    void doesNotTryWhatCannotHelp() {
        assertThat(fetch(NOT_FOUND, FETCHED)).isEqualTo(NOT_FOUND);
        assertThat(waits).isEmpty();
    }

    @Test
    void endsWithinTheBudget() {
        // Four tries of 60 s, waits of 2 + 4 + 8 s, 1 s grace.
        assertThat(FOUR_TRIES.budget()).isEqualTo(Duration.ofSeconds(240 + 14 + 1));
    }

    private FetchResult fetch(FetchResult... results) {
        Queue<FetchResult> next = new ArrayDeque<>(List.of(results));
        ContentFetcher scripted =
                new ContentFetcher() {
                    @Override
                    public FetchResult fetch(Publication publication) {
                        return next.remove();
                    }

                    @Override
                    public void close() {}
                };
        Publication any = (Publication) Publications.artifact("plain").getBody();
        return new RetryingFetcher(scripted, FOUR_TRIES, waits::add).fetch(any);
    }
}
