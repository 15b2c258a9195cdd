package io.prefstream.topics;

import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * These bytes are not, and will never be, a record of the topic. A registry that can't be reached
 * is not this but a {@link SchemaRegistryException}: then nothing is known about the bytes.
 */
public class UndecodableRecordException extends SerializationException {

    private static final long serialVersionUID = 1L;

    public UndecodableRecordException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
