package io.prefstream.trainer.pairs;

/** One row of a file is none, or not as it should be; the rows behind it can be read on. */
public final class WrongRowException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what is wrong, behind file and place
     */
    public WrongRowException(String message) {
        super(message);
    }
}
