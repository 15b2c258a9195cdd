package io.prefstream.trainer;

/** Training can't go on; the message says why in one line. */
public final class TrainingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TrainingException(String message) {
        super(message);
    }
}
