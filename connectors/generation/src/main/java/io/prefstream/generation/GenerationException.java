package io.prefstream.generation;

/** A request that can't be served; the message says which limit or what answer is the reason. */
public final class GenerationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public GenerationException(String message) {
        super(message);
    }

    public GenerationException(String message, Throwable cause) {
        super(message, cause);
    }
}
