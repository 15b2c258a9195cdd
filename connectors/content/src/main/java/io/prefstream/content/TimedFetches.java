package io.prefstream.content;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs fetches on threads of its own, so that a caller waits no longer than the timeout even when a
 * library sits in a socket. Such a thread is interrupted and ends with the library's own socket
 * timeout.
 */
final class TimedFetches implements AutoCloseable {

    /** A fetch that reports failure by exception. */
    interface Fetch {
        FetchResult run(Deadline deadline) throws FetchException;
    }

    private final Duration timeout;
    private final ExecutorService threads;

    TimedFetches(String name, Duration timeout) {
        this.timeout = timeout;
        this.threads =
                Executors.newCachedThreadPool(
                        task -> {
                            Thread thread = new Thread(task, name);
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    FetchResult run(Fetch fetch) {
        Deadline deadline = Deadline.in(timeout);
        Future<FetchResult> result;
        try {
            result = threads.submit(() -> fetch.run(deadline));
        } catch (RejectedExecutionException e) {
            return new FetchFailed(FetchFailure.INTERRUPTED, "the fetcher is closed");
        }
        try {
            return result.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            result.cancel(true);
            return new FetchFailed(
                    FetchFailure.TIMEOUT, "took longer than timeout=" + timeout.toSeconds() + " s");
        } catch (InterruptedException e) {
            result.cancel(true);
            Thread.currentThread().interrupt();
            return new FetchFailed(FetchFailure.INTERRUPTED, "interrupted while fetching");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof FetchException failure) {
                return failure.asResult();
            }
            throw new IllegalStateException("fetching failed unexpectedly", e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
