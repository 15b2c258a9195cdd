package io.prefstream.ingest;

import io.prefstream.content.ContentFetcher;
import io.prefstream.content.FetchFailed;
import io.prefstream.content.FetchFailure;
import io.prefstream.content.FetchResult;
import io.prefstream.schemas.Publication;
import java.time.Duration;

/**
 * Tries a retryable failure again, with a wait that doubles each time; the last failure is the
 * result.
 *
 * <p>The calling thread waits. Flink's own retries, which would free it, are given up when the
 * input ends; and the event's place among those in flight is taken either way.
 */
public final class RetryingFetcher implements ContentFetcher {

    /** Lets time pass. */
    @FunctionalInterface
    public interface Pause {

        /** Returns after this time. */
        void of(Duration time) throws InterruptedException;
    }

    private final ContentFetcher fetcher;
    private final FetchSettings settings;
    private final Pause pause;

    /** Closes the fetcher when closed. */
    public RetryingFetcher(ContentFetcher fetcher, FetchSettings settings, Pause pause) {
        this.fetcher = fetcher;
        this.settings = settings;
        this.pause = pause;
    }

    @Override
    public FetchResult fetch(Publication publication) {
        FetchResult result = fetcher.fetch(publication);
        Duration wait = settings.retryDelay();
        for (int attempt = 2; attempt <= settings.attempts() && isRetryable(result); attempt++) {
            try {
                pause.of(wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new FetchFailed(FetchFailure.INTERRUPTED, "interrupted between two tries");
            }
            result = fetcher.fetch(publication);
            wait = wait.multipliedBy(2);
        }
        return result;
    }

    @Override
    public void close() {
        fetcher.close();
    }

    private static boolean isRetryable(FetchResult result) {
        return result instanceof FetchFailed failed
                && failed.reason().retryable()
                && failed.reason() != FetchFailure.INTERRUPTED;
    }
}
