package io.prefstream.local;

/** The command line asks for something that cannot be; nothing was started or written. */
public final class BadUsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BadUsageException(String message) {
        super(message);
    }
}
