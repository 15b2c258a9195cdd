package io.prefstream.content;

import java.io.IOException;

/** Carries the failure of a whole archive through a library that reads it as a stream. */
final class ArchiveStoppedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final FetchException reason;

    ArchiveStoppedException(FetchException reason) {
        super(reason);
        this.reason = reason;
    }

    FetchException reason() {
        return reason;
    }
}
