package io.prefstream.generation;

import org.jspecify.annotations.Nullable;

/** A request that can't be served; the message says which limit or what answer is the reason. */
public class GenerationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean retryable;

    public GenerationException(String message) {
        this(message, null, false);
    }

    public GenerationException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /**
     * @param retryable whether the failure passes, perhaps
     */
    protected GenerationException(String message, @Nullable Throwable cause, boolean retryable) {
        super(message, cause);
        this.retryable = retryable;
    }

    /** A failure that passes, perhaps: a server that is overloaded, away or out of its mind. */
    public static GenerationException passing(String message, @Nullable Throwable cause) {
        return new GenerationException(message, cause, true);
    }

    /**
     * Whether the same request may be served later. What the generator could retry, it has; text
     * that was told before the failure would be told again from its beginning.
     */
    public boolean retryable() {
        return retryable;
    }
}
