package io.prefstream.jobs.generators.release;

import io.prefstream.model.engine.TextEngine;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The preference model as it is released: each question is put to the newest release that its
 * record knows of, or to a newer one that is loaded already; before there is any, to another scorer
 * if there is one.
 *
 * <p>Loading and tokenizing happen on a thread of its own.
 */
public final class ReleaseScorer implements AnswerScorer {

    private final ProcessModel process;
    private final @Nullable AnswerScorer before;
    private final ExecutorService asking =
            Executors.newSingleThreadExecutor(
                    task -> {
                        Thread thread = new Thread(task, "preference-model-asking");
                        thread.setDaemon(true);
                        return thread;
                    });

    private ReleaseScorer(ProcessModel process, @Nullable AnswerScorer before) {
        this.process = process;
        this.before = before;
    }

    /**
     * Follows the releases in the task's process.
     *
     * @param name whose users share a model
     * @param threads of the engine
     * @param before who is asked until the first release; null for nobody
     */
    public static AnswerScorerFactory factory(
            String name, int threads, @Nullable AnswerScorerFactory before) {
        return () -> open(name, threads, before);
    }

    private static AnswerScorer open(String name, int threads, @Nullable AnswerScorerFactory before)
            throws IOException {
        AnswerScorer first = before == null ? null : before.open();
        return new ReleaseScorer(ProcessModel.acquire(name, threads), first);
    }

    @Override
    public CompletableFuture<Void> ready(@Nullable ReleaseModel newest) {
        if (newest == null) {
            return before == null ? noneYet() : before.ready(null);
        }
        return engine(newest).thenApply(engine -> null);
    }

    @Override
    public CompletableFuture<Rewards> rewards(
            @Nullable ReleaseModel newest, String instruction, List<String> answers) {
        if (newest == null) {
            return before == null ? noneYet() : before.rewards(null, instruction, answers);
        }
        return engine(newest)
                .thenComposeAsync(engine -> by(engine, newest, instruction, answers), asking);
    }

    /** Asks again where an engine was closed for another one while it was asked. */
    private CompletableFuture<Rewards> by(
            TextEngine engine, ReleaseModel release, String instruction, List<String> answers) {
        return Rewards.by(engine, instruction, answers)
                .exceptionallyCompose(
                        failure ->
                                engine(release)
                                        .thenComposeAsync(
                                                now ->
                                                        now == engine
                                                                ? CompletableFuture.failedFuture(
                                                                        failure)
                                                                : by(
                                                                        now,
                                                                        release,
                                                                        instruction,
                                                                        answers),
                                                asking));
    }

    private CompletableFuture<TextEngine> engine(ReleaseModel release) {
        CompletableFuture<TextEngine> engine = new CompletableFuture<>();
        try {
            asking.execute(
                    () -> {
                        try {
                            engine.complete(process.engine(release));
                        } catch (CheckpointUnusableException | RuntimeException e) {
                            engine.completeExceptionally(e);
                        }
                    });
        } catch (RejectedExecutionException e) {
            engine.completeExceptionally(e); // The task is closing.
        }
        return engine;
    }

    private static <T> CompletableFuture<T> noneYet() {
        return CompletableFuture.failedFuture(
                new CheckpointUnusableException(
                        "no release of a preference model is announced yet", null));
    }

    @Override
    public void close() {
        asking.shutdownNow();
        process.release();
        if (before != null) {
            before.close();
        }
    }
}
