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
 * Runs the parts of a step side by side, the drawing of their tokens included: the last on the
 * caller's thread, the others on threads of its own.
 *
 * <p>For a small model this is faster than products that several threads share: a product takes
 * microseconds, and so does each meeting of threads. Here they meet once a step.
 */
final class StepThreads implements AutoCloseable {
    private final ExecutorService helpers = Executors.newCachedThreadPool(StepThreads::helper);

    /**
     * What came of a part.
     *
     * @param outcomes of its turns; none when it failed
     * @param modelNanos spent in the model's kernels
     * @param failure why there are no outcomes
     */
    record Done(
            StepRows rows,
            List<StepRows.Outcome> outcomes,
            long modelNanos,
            @Nullable Throwable failure) {
        boolean failed() {
            return failure != null;
        }

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
        long start = System.nanoTime();
        try (StepOutput output = decoder.step(rows.batch)) {
            long modelNanos = System.nanoTime() - start;
            return new Done(rows, rows.outcomes(output), modelNanos, null);
        } catch (RuntimeException | Error e) {
            return new Done(rows, List.of(), System.nanoTime() - start, e);
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
