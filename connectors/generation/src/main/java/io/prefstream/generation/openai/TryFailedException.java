package io.prefstream.generation.openai;

import io.prefstream.generation.GenerationException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One try that failed, and what that says about the next. */
final class TryFailedException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int MAX_CHARS = 500;

    private final boolean passing;
    private final boolean unreachable;
    private final boolean refusesAll;
    private final @Nullable Duration retryAfter;

    private TryFailedException(
            String message,
            @Nullable Throwable cause,
            boolean passing,
            boolean unreachable,
            boolean refusesAll,
            @Nullable Duration retryAfter) {
        super(oneLine(message), cause);
        this.passing = passing;
        this.unreachable = unreachable;
        this.refusesAll = refusesAll;
        this.retryAfter = retryAfter;
    }

    /** Asking again would get the same answer. */
    static TryFailedException lasting(String message) {
        return new TryFailedException(message, null, false, false, false, null);
    }

    /** Any other request would get the same answer. */
    static TryFailedException refusesAll(String message) {
        return new TryFailedException(message, null, false, false, true, null);
    }

    /** Asking again may help. */
    static TryFailedException passing(String message, @Nullable Throwable cause) {
        return new TryFailedException(message, cause, true, false, false, null);
    }

    /** Asking another replica may help. */
    static TryFailedException unreachable(String message, Throwable cause) {
        return new TryFailedException(message, cause, true, true, false, null);
    }

    /** Asking again may help, after a while that the server names or doesn't. */
    static TryFailedException busy(String message, @Nullable Duration retryAfter) {
        return new TryFailedException(message, null, true, false, false, retryAfter);
    }

    boolean passing() {
        return passing;
    }

    boolean unreachable() {
        return unreachable;
    }

    @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** The same for who asked. */
    GenerationException told(String how) {
        String message = getMessage() + how;
        Throwable cause = getCause();
        if (passing) {
            return GenerationException.passing(message, cause, retryAfter);
        }
        if (refusesAll) {
            return GenerationException.refusesAll(message);
        }
        return cause == null
                ? new GenerationException(message)
                : new GenerationException(message, cause);
    }

    private static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s*[\\p{Cntrl}]+\\s*", "; ");
        return line.length() <= MAX_CHARS ? line : line.substring(0, MAX_CHARS - 1) + "…";
    }
}
