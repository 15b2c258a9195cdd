package io.prefstream.feeds.watch;

import java.io.IOException;
import java.time.Duration;

/** A target cannot be looked at now and has said when to come back: a rate limit, for instance. */
public final class RetryLaterException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Duration pause;

    /**
     * @param pause time until the next try; no try is made before
     */
    public RetryLaterException(String message, Duration pause) {
        super(message);
        this.pause = pause;
    }

    Duration pause() {
        return pause;
    }
}
