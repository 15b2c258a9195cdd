package io.prefstream.generation;

/** As many requests are in hand as the limit allows: the same request may be served later. */
public final class QueueFullException extends GenerationException {
    private static final long serialVersionUID = 1;

    public QueueFullException(String message) {
        super(message, null, Kind.LOAD, null);
    }
}
