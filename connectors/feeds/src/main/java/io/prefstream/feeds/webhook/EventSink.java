package io.prefstream.feeds.webhook;

import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.RepoEvent;
import java.io.IOException;
import java.util.List;

/** Where events go. */
public interface EventSink {

    /**
     * Stores events; back only when they are durable.
     *
     * @throws IOException if they are not, or perhaps not
     */
    void events(List<RepoEvent> events) throws IOException;

    /**
     * Stores what could not be read; back only when it is durable.
     *
     * @throws IOException if it is not, or perhaps not
     */
    void deadLetter(DeadLetter letter) throws IOException;
}
