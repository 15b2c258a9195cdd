package io.prefstream.feeds.github;

/** An event lacks what every event of its type has. */
final class MalformedEventException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedEventException(String message) {
        super(message);
    }
}
