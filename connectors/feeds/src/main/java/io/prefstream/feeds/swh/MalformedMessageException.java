package io.prefstream.feeds.swh;

import org.jspecify.annotations.Nullable;

/** A message of the journal is not what its specification says. */
public final class MalformedMessageException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedMessageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
