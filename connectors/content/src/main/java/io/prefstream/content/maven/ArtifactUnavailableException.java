package io.prefstream.content.maven;

import java.io.IOException;

/** An artifact or its list of versions could not be had. The message is one line for people. */
public final class ArtifactUnavailableException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Why it could not be had. */
    public enum Cause {
        /** Every repository answered that it does not have it. */
        MISSING,
        /** It is not in the local cache and the network is switched off. */
        OFFLINE,
        /** A repository that may have it did not answer, or not as it should. */
        UNREACHABLE
    }

    private final Cause why;

    ArtifactUnavailableException(Cause why, String message, Throwable cause) {
        super(message, cause);
        this.why = why;
    }

    public Cause why() {
        return why;
    }
}
