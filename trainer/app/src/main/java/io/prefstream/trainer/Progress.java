package io.prefstream.trainer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/** Hears what happens, event by event. */
@FunctionalInterface
public interface Progress {

    void tell(ObjectNode event);

    /** A step was made, of the trunk or of a release's fork. */
    default void stepped() {}

    /**
     * Lets it look at how things are, after each step and each event.
     *
     * @param figures those of the events, and more; made when they are asked for
     */
    default void show(Supplier<ObjectNode> figures) {}

    /** Both hear of everything. */
    default Progress and(Progress other) {
        Progress one = this;
        return new Progress() {
            @Override
            public void tell(ObjectNode event) {
                one.tell(event);
                other.tell(event);
            }

            @Override
            public void stepped() {
                one.stepped();
                other.stepped();
            }

            @Override
            public void show(Supplier<ObjectNode> figures) {
                one.show(figures);
                other.show(figures);
            }
        };
    }

    /** One JSON object a line on a stream, flushed one by one. */
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
