package io.prefstream.trainer.export;

import java.io.Serial;

/** An export that can't be made, told in one line. */
public final class ExportException extends RuntimeException {

    @Serial private static final long serialVersionUID = 1L;

    ExportException(String message) {
        super(message);
    }
}
