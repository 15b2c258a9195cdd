package io.prefstream.generation;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that can't be served; the message says which limit or what answer is the reason. */
public class GenerationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean retryable;
    private final boolean refusesAll;
    private final @Nullable Duration retryAfter;

    public GenerationException(String message) {
        this(message, null, false, false, null);
    }

    public GenerationException(String message, Throwable cause) {
        this(message, cause, false, false, null);
    }

    /**
     * @param retryable whether the failure passes, perhaps
     */
    protected GenerationException(String message, @Nullable Throwable cause, boolean retryable) {
        this(message, cause, retryable, false, null);
    }

    private GenerationException(
            String message,
            @Nullable Throwable cause,
            boolean retryable,
            boolean refusesAll,
            @Nullable Duration retryAfter) {
        super(message, cause);
        this.retryable = retryable;
        this.refusesAll = refusesAll;
        this.retryAfter = retryAfter;
    }

    /** A failure that passes, perhaps: a server that is overloaded, away or out of its mind. */
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
        return new GenerationException(message, cause, true, false, retryAfter);
    }

    /** A failure of every request until somebody mends it: a refused key, an unknown model. */
    public static GenerationException refusesAll(String message) {
        return new GenerationException(message, null, false, true, null);
    }

    /**
     * Whether the same request may be served later. What the generator could retry, it has; text
     * that was told before the failure would be told again from its beginning.
     */
    public boolean retryable() {
        return retryable;
    }

    /** Whether any other request would fail in the same way, as things are. */
    public boolean refusesAll() {
        return refusesAll;
    }

    /** How long the server asks to be left alone. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
