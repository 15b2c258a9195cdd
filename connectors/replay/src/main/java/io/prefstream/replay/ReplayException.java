package io.prefstream.replay;

/**
 * A table that can't be used as it is: its disk is full, unreadable or damaged, it is open
 * elsewhere, or it isn't what its settings, or the other shards, say.
 */
public final class ReplayException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ReplayException(String message, Throwable cause) {
        super(message, cause);
    }

    ReplayException(String message) {
        super(message);
    }
}
