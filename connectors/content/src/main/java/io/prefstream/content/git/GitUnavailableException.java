package io.prefstream.content.git;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A git repository or commit could not be had. The message is one line for people. */
public final class GitUnavailableException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Why it could not be had. */
    public enum Cause {
        /** There is no such repository or commit. */
        MISSING,
        /** The address is not one that is understood. */
        UNSUPPORTED,
        /** The remote did not answer, or not as it should, or another process holds the cache. */
        UNREACHABLE
    }

    private final Cause why;

    GitUnavailableException(Cause why, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.why = why;
    }

    public Cause why() {
        return why;
    }
}
