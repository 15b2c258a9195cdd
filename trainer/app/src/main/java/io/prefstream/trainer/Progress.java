package io.prefstream.trainer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.io.UncheckedIOException;

/** Tells what happens, one JSON object per line. */
@FunctionalInterface
public interface Progress {

    void tell(ObjectNode event);

    /** Lines on a stream, flushed one by one. */
    static Progress lines(PrintStream out) {
        ObjectMapper json = new ObjectMapper();
        return event -> {
            try {
                out.println(json.writeValueAsString(event));
                out.flush();
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        };
    }
}
