package io.prefstream.model;

import java.io.IOException;

/** A model folder that is readable but asks for something this decoder does not do. */
public final class UnsupportedModelException extends IOException {
    private static final long serialVersionUID = 1L;

    public UnsupportedModelException(String message) {
        super(message);
    }
}
