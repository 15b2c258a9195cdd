package io.prefstream.model;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A daemon thread that does one piece of work after another. Any thread may give it some. */
public final class BackgroundThread implements AutoCloseable {
    private final ExecutorService thread;

    public BackgroundThread(String name) {
        this.thread =
                Executors.newSingleThreadExecutor(
                        task -> {
                            Thread made = new Thread(task, name);
                            made.setDaemon(true);
                            return made;
                        });
    }

    public <T> Future<T> submit(Callable<T> work) {
        return thread.submit(work);
    }

    /**
     * Waits for a piece of work. What it failed with is thrown as it is, a checked exception as the
     * cause of a {@link CompletionException}.
     *
     * @throws IllegalStateException if this thread is interrupted meanwhile
     */
    public static <T> T result(Future<T> work) {
        try {
            return work.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for another thread", e);
        }
    }

    /** Interrupts the work that was begun and waits for its end, a minute at most. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
