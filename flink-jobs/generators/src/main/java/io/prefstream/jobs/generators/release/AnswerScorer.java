package io.prefstream.jobs.generators.release;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A preference model that says how good answers are.
 *
 * <p>Both questions name the newest release that was announced when their record came by, null for
 * none: a scorer that follows releases asks that one, or a newer one that is loaded already.
 */
public interface AnswerScorer extends AutoCloseable {

    /**
     * Completes once the model can be asked, which may take as long as loading it; fails with
     * {@link CheckpointUnusableException} where there is none.
     */
    CompletableFuture<Void> ready(@Nullable ReleaseModel newest);

    /**
     * The rewards of answers to one instruction, all by the same weights; more is better.
     *
     * <p>Fails with {@link CheckpointUnusableException} where there is no model, and with {@link
     * io.prefstream.generation.GenerationException} where an answer exceeds its context.
     */
    CompletableFuture<Rewards> rewards(
            @Nullable ReleaseModel newest, String instruction, List<String> answers);

    @Override
    void close();
}
