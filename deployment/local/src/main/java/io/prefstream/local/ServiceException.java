package io.prefstream.local;

import org.jspecify.annotations.Nullable;

/**
 * An embedded service did not start, or stopped by itself; the message says which and where to
 * look.
 */
public final class ServiceException extends Exception {

    private static final long serialVersionUID = 1L;

    ServiceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
