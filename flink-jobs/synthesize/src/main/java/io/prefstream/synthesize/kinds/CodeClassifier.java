package io.prefstream.synthesize.kinds;

import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.schemas.CodeClass;
import io.prefstream.schemas.CodeSnippet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Says what a snippet's code is for. Safe for many threads. */
public interface CodeClassifier {

    /**
     * What it is for, empty in languages that it can't read; completes normally whatever models do.
     *
     * @param seed of all random choices
     * @param budget of the snippet's requests to models
     */
    CompletableFuture<Optional<CodeClass>> classify(
            CodeSnippet snippet, long seed, RetryBudget budget);
}
