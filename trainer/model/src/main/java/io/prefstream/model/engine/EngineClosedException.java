package io.prefstream.model.engine;

import io.prefstream.generation.GenerationException;
import org.jspecify.annotations.Nullable;

/** The engine was closed, or has stopped by itself: no request is served any more. */
public final class EngineClosedException extends GenerationException {
    private static final long serialVersionUID = 1;

    /**
     * @param failure what has stopped it; null when it was closed
     */
    EngineClosedException(@Nullable Throwable failure) {
        super(
                failure == null
                        ? "the engine is closed"
                        : "the engine has stopped: %s; the log says where".formatted(failure),
                failure);
    }
}
