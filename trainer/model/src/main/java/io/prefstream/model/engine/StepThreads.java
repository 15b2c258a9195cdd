package io.prefstream.model.engine;

import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Runs the parts of a step side by side: the last on the caller's thread, the others on threads of
 * its own.
 *
 * <p>For a small model this is faster than products that several threads share: a product takes
 * microseconds, and so does each meeting of threads. Here they meet once a step.
 */
final class StepThreads implements AutoCloseable {
    private final ExecutorService helpers = Executors.newCachedThreadPool(StepThreads::helper);

    /** What came of a part: its output, or why there is none. */
    record Done(StepRows rows, @Nullable StepOutput output, @Nullable Throwable failure) {
        Throwable why() {
            return Objects.requireNonNull(failure);
        }
    }

    /** Runs all parts and waits for each; the results are in their order. */
    List<Done> run(StepDecoder decoder, List<StepRows> parts) {
        int last = parts.size() - 1;
        List<CompletableFuture<Done>> begun = new ArrayList<>();
        for (StepRows part : parts.subList(0, last)) {
            begun.add(CompletableFuture.supplyAsync(() -> run(decoder, part), helpers));
        }
        begun.add(CompletableFuture.completedFuture(run(decoder, parts.get(last))));
        return begun.stream().map(CompletableFuture::join).toList();
    }

    private static Done run(StepDecoder decoder, StepRows rows) {
        try {
            return new Done(rows, decoder.step(rows.batch, rows.probabilities()), null);
        } catch (RuntimeException | Error e) {
            return new Done(rows, null, e);
        }
    }

    private static Thread helper(Runnable parts) {
        Runnable work =
                () -> {
                    JniUtils.setNumThreads(1);
                    parts.run();
                };
        Thread thread = new Thread(work, "generation-engine-part");
        thread.setDaemon(true);
        return thread;
    }

    /** Ends the threads; nothing may be running. */
    @Override
    public void close() {
        helpers.shutdown();
    }
}
