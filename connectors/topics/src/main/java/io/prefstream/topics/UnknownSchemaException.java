package io.prefstream.topics;

/** The registry works and says that it has no usable schema of this id. */
public class UnknownSchemaException extends Exception {

    private static final long serialVersionUID = 1L;

    public UnknownSchemaException(String message) {
        super(message);
    }
}
