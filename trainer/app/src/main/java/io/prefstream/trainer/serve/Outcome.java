package io.prefstream.trainer.serve;

import java.util.Locale;

/** What became of an HTTP request. */
enum Outcome {
    /** Answered in full. */
    OK,
    /** Refused for what it says. */
    INVALID,
    /** Refused because as many are in hand as may be. */
    QUEUE_FULL,
    /** Refused or given up because the server closes. */
    CLOSING,
    /** The client went away or took what it was sent too slowly. */
    CANCELLED,
    /** The server's own fault. */
    FAILED;

    /** As metrics call it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
