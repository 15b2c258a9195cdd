package io.prefstream.generation;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that can't be served; the message says which limit or what answer is the reason. */
public class GenerationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Kind kind;
    private final @Nullable Duration retryAfter;

    /** Whose failure it is. */
    enum Kind {
        /** The request's. */
        OWN,
        /** The server's, and perhaps only now. */
        PASSING,
        /** Nobody's: there is too much to do. */
        LOAD,
        /** Whoever runs the server or holds the key. */
        ALL
    }

    public GenerationException(String message) {
        this(message, null, Kind.OWN, null);
    }

    public GenerationException(String message, @Nullable Throwable cause) {
        this(message, cause, Kind.OWN, null);
    }

    GenerationException(
            String message, @Nullable Throwable cause, Kind kind, @Nullable Duration retryAfter) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    /** A failure that passes, perhaps: a server that is away or out of its mind. */
    public static GenerationException passing(String message, @Nullable Throwable cause) {
        return passing(message, cause, null);
    }

    /**
     * As {@link #passing(String, Throwable)}.
     *
     * @param retryAfter how long the server asks to be left alone; null if it doesn't say
     */
    public static GenerationException passing(
            String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        return new GenerationException(message, cause, Kind.PASSING, retryAfter);
    }

    /**
     * A refusal for load, which says nothing about the request: a rate limit, a full queue.
     *
     * @param retryAfter how long the server asks to be left alone; null if it doesn't say
     */
    public static GenerationException overloaded(String message, @Nullable Duration retryAfter) {
        return new GenerationException(message, null, Kind.LOAD, retryAfter);
    }

    /** A failure of every request until somebody mends it: a refused key, an unknown model. */
    public static GenerationException refusesAll(String message) {
        return new GenerationException(message, null, Kind.ALL, null);
    }

    /**
     * Whether the same request may be served later. What the generator could retry, it has; text
     * that was told before the failure would be told again from its beginning.
     */
    public boolean retryable() {
        return kind == Kind.PASSING || kind == Kind.LOAD;
    }

    /** Whether it was refused for load alone: some other time it would have been served. */
    public boolean overloaded() {
        return kind == Kind.LOAD;
    }

    /** Whether any other request would fail in the same way, as things are. */
    public boolean refusesAll() {
        return kind == Kind.ALL;
    }

    /** How long the server asks to be left alone. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
