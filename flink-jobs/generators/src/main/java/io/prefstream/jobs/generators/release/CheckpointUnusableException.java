package io.prefstream.jobs.generators.release;

import org.jspecify.annotations.Nullable;

/** A published checkpoint is missing, incomplete or not what was announced. */
public final class CheckpointUnusableException extends Exception {

    private static final long serialVersionUID = 1L;

    public CheckpointUnusableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
