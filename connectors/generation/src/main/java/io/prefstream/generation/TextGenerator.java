package io.prefstream.generation;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A model that continues texts, in this process or behind an endpoint. Safe for many threads. */
public interface TextGenerator extends AutoCloseable {

    /**
     * Begins a generation. Cancelling the future stops the work.
     *
     * <p>The future fails with {@link GenerationException} when the request can't be served, and
     * with {@link java.util.concurrent.TimeoutException} after the request's deadline.
     *
     * @param onText takes the text as it comes, in whole characters; called by a thread of the
     *     generator and never after the future is done
     */
    CompletableFuture<Generation> generate(GenerationRequest request, Consumer<String> onText);

    /** Begins a generation whose text is wanted only whole. */
    default CompletableFuture<Generation> generate(GenerationRequest request) {
        return generate(request, text -> {});
    }

    /** Name of the model that answers from now on, with its revision. */
    String model();

    @Override
    void close();
}
