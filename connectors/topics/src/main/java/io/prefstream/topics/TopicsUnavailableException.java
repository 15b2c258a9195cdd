package io.prefstream.topics;

/** Kafka can't be reached, or refused what was asked of it. */
public class TopicsUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TopicsUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
