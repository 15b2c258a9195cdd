package io.prefstream.ingest.operators;

import io.prefstream.content.ContentFetcher;
import io.prefstream.content.FetchFailed;
import io.prefstream.content.FetchFailure;
import io.prefstream.content.FetchResult;
import io.prefstream.ingest.ContentFetchers;
import io.prefstream.ingest.FetchOptions;
import io.prefstream.ingest.FetchSettings;
import io.prefstream.ingest.FetchedItem;
import io.prefstream.ingest.IngestReason;
import io.prefstream.ingest.RetryingFetcher;
import io.prefstream.ingest.SourceRef;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;

/**
 * Fetches what an event points to, several events at once.
 *
 * <p>Flink's async operator keeps the events in flight in its checkpoint and fetches them again
 * after a failure. A failure that remains after all tries, and an event that takes longer than they
 * may take, comes out as a failed item: no event is lost. Memory: at most {@code
 * ingest.max-fetches-in-flight} artifacts of {@code ingest.max-artifact-size} in each subtask.
 */
public final class FetchContent extends RichAsyncFunction<RepoEvent, FetchedItem> {

    private static final long serialVersionUID = 1L;

    private final ContentFetchers fetchers;
    private final FetchSettings settings;
    private transient ContentFetcher fetcher;
    private transient ExecutorService threads;

    private FetchContent(ContentFetchers fetchers, FetchSettings settings) {
        this.fetchers = fetchers;
        this.settings = settings;
    }

    /** The fetched items of a stream of events; those of one event together, in order. */
    public static SingleOutputStreamOperator<FetchedItem> fetch(
            DataStream<RepoEvent> events, ContentFetchers fetchers, FetchSettings settings) {
        return AsyncDataStream.unorderedWait(
                events,
                new FetchContent(fetchers, settings),
                settings.budget().toMillis(),
                TimeUnit.MILLISECONDS,
                settings.inFlight());
    }

    @Override
    public void open(OpenContext context) throws Exception {
        fetcher =
                new RetryingFetcher(
                        fetchers.open(), settings, time -> Thread.sleep(time.toMillis()));
        threads =
                Executors.newFixedThreadPool(
                        settings.inFlight(), new ExecutorThreadFactory("ingest-fetch"));
    }

    @Override
    public void asyncInvoke(RepoEvent event, ResultFuture<FetchedItem> result) {
        Publication publication = (Publication) event.getBody();
        SourceRef source = SourceRef.of(event, publication);
        threads.execute(
                () -> {
                    try {
                        FetchResult fetched = fetcher.fetch(publication);
                        if (fetched instanceof FetchFailed failed
                                && failed.reason() == FetchFailure.INTERRUPTED) {
                            // The task is going down; the event is in its checkpoint.
                            result.completeExceptionally(new InterruptedException(failed.detail()));
                        } else {
                            result.complete(
                                    FetchedItem.of(
                                            source, fetched, publication.getDeclaredLicence()));
                        }
                    } catch (Throwable e) {
                        // A fetcher that throws has a defect: fail the task rather than hang it.
                        result.completeExceptionally(e);
                    }
                });
    }

    @Override
    public void timeout(RepoEvent event, ResultFuture<FetchedItem> result) {
        Publication publication = (Publication) event.getBody();
        result.complete(
                List.of(
                        FetchedItem.failed(
                                SourceRef.of(event, publication),
                                IngestReason.FETCH_TIMEOUT,
                                String.format(
                                        Locale.ROOT,
                                        "%d attempts of %s=%s each did not end in time",
                                        settings.attempts(),
                                        FetchOptions.FETCH_TIMEOUT.key(),
                                        settings.timeout()))));
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.shutdownNow();
        }
        if (fetcher != null) {
            fetcher.close();
        }
    }
}
