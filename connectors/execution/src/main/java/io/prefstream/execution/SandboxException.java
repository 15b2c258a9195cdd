package io.prefstream.execution;

import java.io.IOException;

/** The sandbox itself could not do its part; nothing is said of the command. */
public final class SandboxException extends IOException {

    private static final long serialVersionUID = 1L;

    SandboxException(String message) {
        super(message);
    }

    SandboxException(String message, Throwable cause) {
        super(message, cause);
    }
}
