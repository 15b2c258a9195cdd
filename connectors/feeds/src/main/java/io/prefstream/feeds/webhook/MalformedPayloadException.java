package io.prefstream.feeds.webhook;

/** A payload lacks what its kind of event has. */
final class MalformedPayloadException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedPayloadException(String message) {
        super(message);
    }
}
