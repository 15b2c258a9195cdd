package io.prefstream.feeds.webhook;

import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.RepoEvent;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it is given, or is down. */
final class MemorySink implements EventSink {

    final List<RepoEvent> events = new CopyOnWriteArrayList<>();
    final List<DeadLetter> letters = new CopyOnWriteArrayList<>();
    volatile boolean down;

    @Override
    public void events(List<RepoEvent> stored) throws IOException {
        requireUp();
        events.addAll(stored);
    }

    @Override
    public void deadLetter(DeadLetter letter) throws IOException {
        requireUp();
        letters.add(letter);
    }

    private void requireUp() throws IOException {
        if (down) {
            throw new IOException("no broker");
        }
    }
}
