package io.prefstream.local;

import java.util.Locale;

/** How a run ended. */
enum RunEnding {
    /** The feed has ended, everything was worked off, the trainer has made its steps. */
    FINISHED(Prefstream.DONE),
    /** A signal ended it; it can be resumed. */
    STOPPED(Prefstream.INTERRUPTED),
    /** It gave no pair to train on. */
    NOTHING(Prefstream.FAILED),
    FAILED(Prefstream.FAILED);

    private final int exitCode;

    RunEnding(int exitCode) {
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }

    /** As {@code summary.json} says it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
