package io.prefstream.model.weights;

import java.io.IOException;

/** A weights file that is malformed or is not the one that its configuration describes. */
public final class CorruptWeightsException extends IOException {
    private static final long serialVersionUID = 1L;

    public CorruptWeightsException(String message) {
        super(message);
    }
}
