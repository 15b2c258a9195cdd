package io.prefstream.synthesize;

import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.schemas.CodeSnippet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A way to make a better and a worse answer from a snippet.
 *
 * <p>Knows no Flink. Safe for many threads.
 */
public interface Strategy extends AutoCloseable {

    /** Its name on records, in kebab case. */
    String name();

    /**
     * Whether it makes attempts of such snippets at all; of one that is much like an earlier one
     * only what is made of its change would be new.
     */
    default boolean suits(CodeSnippet snippet) {
        return snippet.getNearDuplicateOf() == null;
    }

    /**
     * Tries to make a pair. Completes normally whatever models do; exceptionally for a defect.
     *
     * @param seed of all random choices: the same snippet, models and seed give the same bytes
     * @param budget of the snippet's requests to models
     */
    CompletableFuture<Attempt> attempt(CodeSnippet snippet, long seed, RetryBudget budget);

    /**
     * The same, for strategies that ask the preference model as it is released.
     *
     * @param release the newest one when the snippet came by, null where none is followed or known
     */
    default CompletableFuture<Attempt> attempt(
            CodeSnippet snippet, @Nullable ReleaseModel release, long seed, RetryBudget budget) {
        return attempt(snippet, seed, budget);
    }

    /** Ends what it still does; for those that do anything by themselves. */
    @Override
    default void close() {}
}
