package io.prefstream.validate.margin;

import io.prefstream.jobs.generators.release.CheckpointUnusableException;
import io.prefstream.jobs.generators.release.ProcessModel;
import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.schemas.CandidatePair;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Margins by the model that all subtasks of a process share.
 *
 * <p>Loading, tokenizing and asking happen on one thread per subtask, so that the task itself is
 * never held up and its timeouts fire. That thread's queue is bounded; where it is full the
 * question fails, which counts as an attempt.
 */
public final class SharedMarginScorer implements MarginScorer {

    /** More than an operator has under way; only a scorer that hangs fills it. */
    private static final int MAX_WAITING = 4_096;

    private final ProcessModel process;
    private final ThreadPoolExecutor asking;

    private SharedMarginScorer(ProcessModel process) {
        this.process = process;
        this.asking =
                new ThreadPoolExecutor(
                        1,
                        1,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(MAX_WAITING),
                        task -> {
                            Thread thread = new Thread(task, "validate-margin-asking");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * Opens a use of the process's model in each task.
     *
     * @param name whose users share a model
     * @param threads threads of the engine
     */
    public static MarginScorer.Factory factory(String name, int threads) {
        return () -> new SharedMarginScorer(ProcessModel.acquire(name, threads));
    }

    @Override
    public CompletableFuture<Margin> margin(CandidatePair pair, @Nullable ReleaseModel model) {
        if (model == null) {
            return CompletableFuture.failedFuture(
                    new CheckpointUnusableException("no-model-yet", null));
        }
        CompletableFuture<Margin> margin = new CompletableFuture<>();
        asking.execute(() -> ask(pair, model, margin));
        return margin;
    }

    private void ask(CandidatePair pair, ReleaseModel model, CompletableFuture<Margin> margin) {
        if (margin.isDone()) {
            return; // Given up while it waited.
        }
        try {
            TextEngine engine = process.engine(model);
            CompletableFuture<?> unused =
                    engine.scorePair(
                                    pair.getInstruction(),
                                    pair.getChosen().getText(),
                                    pair.getRejected().getText())
                            .whenComplete(
                                    (score, failure) -> {
                                        if (failure != null) {
                                            margin.completeExceptionally(failure);
                                        } else {
                                            margin.complete(
                                                    new Margin(
                                                            score.margin(),
                                                            score.model(),
                                                            process.marginScale(score.model())
                                                                    .orElse(1)));
                                        }
                                    });
        } catch (CheckpointUnusableException | RuntimeException e) {
            margin.completeExceptionally(e);
        }
    }

    @Override
    public void close() {
        asking.shutdownNow();
        process.release();
    }
}
