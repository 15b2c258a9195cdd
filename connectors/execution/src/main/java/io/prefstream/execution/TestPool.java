package io.prefstream.execution;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link TestBench} for callers that must not wait: up to so many sandboxes run at a time, on
 * threads of its own, and further runs wait in line.
 *
 * <p>Thread-safe.
 */
public final class TestPool implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TestPool.class);
    private static final int PATIENCE_SECONDS = 10;

    private final TestBench bench;
    private final ExecutorService running;

    private TestPool(TestBench bench, int capacity) {
        this.bench = bench;
        running =
                Executors.newFixedThreadPool(
                        capacity,
                        task -> {
                            Thread thread = new Thread(task, "run-tests");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * Opens a bench; this waits until it has tried each language.
     *
     * @param isolationOption what the user calls the wanted isolation, for the message
     * @param capacity sandboxes at a time, at least 1
     * @throws SandboxException if less than the wanted isolation holds on this machine
     */
    public static TestPool open(BenchSettings settings, String isolationOption, int capacity)
            throws IOException, InterruptedException {
        return new TestPool(TestBench.open(settings, isolationOption), capacity);
    }

    /** What isolates here, as it was found at the start. */
    public Isolation isolation() {
        return bench.isolation();
    }

    /** Why no test of this language can be run here, empty where they can. */
    public Optional<String> unusable(TestLanguage language) {
        return bench.unusable(language);
    }

    /**
     * Runs an answer's tests, as {@link TestBench#run} does. Completes exceptionally, with an
     * {@link IOException}, where the sandbox itself fails; never where the pool is closed
     * meanwhile.
     */
    public CompletableFuture<PassRate> run(
            TestLanguage language, String answer, List<String> tests) {
        CompletableFuture<PassRate> result = new CompletableFuture<>();
        try {
            running.execute(() -> run(language, answer, tests, result));
        } catch (RejectedExecutionException closed) {
            LOG.debug("closed before a run began");
        }
        return result;
    }

    private void run(
            TestLanguage language,
            String answer,
            List<String> tests,
            CompletableFuture<PassRate> result) {
        try {
            result.complete(bench.run(language, answer, tests));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // It is being closed.
        } catch (IOException | RuntimeException e) {
            result.completeExceptionally(e);
        }
    }

    /** Ends what is running, and waits until its processes and folders are gone. */
    @Override
    public void close() {
        running.shutdownNow();
        try {
            if (!running.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("tests are still being ended");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
