package io.prefstream.generation.openai;

import io.prefstream.generation.GenerationException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One try that failed, and what that says about the next. */
final class TryFailedException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int MAX_CHARS = 500;

    private final Kind kind;
    private final @Nullable Duration retryAfter;

    private enum Kind {
        LASTING,
        PASSING,
        UNREACHABLE,
        BUSY,
        REFUSES_ALL
    }

    private TryFailedException(
            String message, @Nullable Throwable cause, Kind kind, @Nullable Duration retryAfter) {
        super(oneLine(message), cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    /** Asking again would get the same answer. */
    static TryFailedException lasting(String message) {
        return new TryFailedException(message, null, Kind.LASTING, null);
    }

    /** Any other request would get the same answer. */
    static TryFailedException refusesAll(String message) {
        return new TryFailedException(message, null, Kind.REFUSES_ALL, null);
    }

    /** Asking again may help. */
    static TryFailedException passing(String message, @Nullable Throwable cause) {
        return new TryFailedException(message, cause, Kind.PASSING, null);
    }

    /** Asking again may help, after a while that the server names or doesn't. */
    static TryFailedException passing(
            String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        return new TryFailedException(message, cause, Kind.PASSING, retryAfter);
    }

    /** Asking another replica may help. */
    static TryFailedException unreachable(String message, Throwable cause) {
        return new TryFailedException(message, cause, Kind.UNREACHABLE, null);
    }

    /** Asking with less to do helps, after a while that the server names or doesn't. */
    static TryFailedException busy(String message, @Nullable Duration retryAfter) {
        return new TryFailedException(message, null, Kind.BUSY, retryAfter);
    }

    private boolean passing() {
        return kind == Kind.PASSING || kind == Kind.UNREACHABLE || kind == Kind.BUSY;
    }

    /** Whether no other request should be sent there for a while. */
    boolean unusable() {
        return kind == Kind.UNREACHABLE || kind == Kind.REFUSES_ALL;
    }

    /** Whether the request may be served at another replica, or at this one later. */
    boolean retryable(boolean another) {
        return passing() || another && kind == Kind.REFUSES_ALL;
    }

    @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /**
     * The same for who asked.
     *
     * @param wait whether a server that asks to be left alone is the only one there is
     */
    GenerationException told(String how, boolean wait) {
        String message = getMessage() + how;
        Duration asked = wait ? retryAfter : null;
        return switch (kind) {
            case LASTING -> new GenerationException(message);
            case PASSING, UNREACHABLE -> GenerationException.passing(message, getCause(), asked);
            case BUSY -> GenerationException.overloaded(message, asked);
            case REFUSES_ALL -> GenerationException.refusesAll(message);
        };
    }

    private static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s*[\\p{Cntrl}]+\\s*", "; ");
        return line.length() <= MAX_CHARS ? line : line.substring(0, MAX_CHARS - 1) + "…";
    }
}
