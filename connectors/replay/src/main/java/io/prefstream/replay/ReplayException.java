package io.prefstream.replay;

/** The table's storage failed: the disk is full, unreadable or damaged. */
public final class ReplayException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ReplayException(String message, Throwable cause) {
        super(message, cause);
    }

    ReplayException(String message) {
        super(message);
    }
}
