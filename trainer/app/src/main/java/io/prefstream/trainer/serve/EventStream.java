package io.prefstream.trainer.serve;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events to one client. Whoever sends never waits: events are kept until a writer has
 * written them, and a client that lets more than a limit pile up is given up.
 *
 * <p>Events that piled up are written together.
 */
final class EventStream {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    /** What an event has beside its text, roughly. */
    private static final int ENVELOPE = 256;

    private static final String KEEP_ALIVE = ": \n\n";

    private final Opening opening;
    private final Executor writers;
    private final int limit;
    private final Listener listener;

    private final List<Supplier<String>> waiting = new ArrayList<>();
    private int waitingSize;
    private boolean started;
    private boolean writing;
    private boolean gone;
    private boolean over;
    private @Nullable Outcome ended;
    private @Nullable OutputStream body;

    /** Begins the answer. */
    interface Opening {
        OutputStream open() throws IOException;
    }

    /** Hears how a stream ends; each method is called once at most. */
    interface Listener {

        /** The client has gone or is given up; told by any thread. */
        void gone();

        /** Nothing more will be written; told by a writer. */
        void over(EventStream stream, Outcome outcome);
    }

    /**
     * @param limit characters that may wait
     */
    EventStream(Opening opening, Executor writers, int limit, Listener listener) {
        this.opening = opening;
        this.writers = writers;
        this.limit = limit;
        this.listener = listener;
    }

    /** Writes from now on; before, events only wait. */
    void start() {
        synchronized (this) {
            started = true;
        }
        wake();
    }

    /**
     * Sends an event.
     *
     * @param data made by the writer
     * @param size of its text in characters
     */
    void send(Supplier<String> data, int size) {
        boolean tooMuch;
        synchronized (this) {
            if (gone || ended != null) {
                return;
            }
            waiting.add(() -> "data: " + data.get() + "\n\n");
            waitingSize += size + ENVELOPE;
            tooMuch = waitingSize > limit;
        }
        if (tooMuch) {
            leave();
        }
        wake();
    }

    /** Nothing is sent after this. */
    void end(Outcome outcome) {
        synchronized (this) {
            if (ended == null) {
                ended = outcome;
            }
        }
        wake();
    }

    /** Finds out whether the client is still there, by a comment, when nothing else is to say. */
    void ping() {
        synchronized (this) {
            if (!started || writing || gone || ended != null || !waiting.isEmpty()) {
                return;
            }
            waiting.add(() -> KEEP_ALIVE);
        }
        wake();
    }

    /** Whether the client has gone or was given up. */
    synchronized boolean isGone() {
        return gone;
    }

    private void leave() {
        synchronized (this) {
            if (gone) {
                return;
            }
            gone = true;
            waiting.clear();
        }
        listener.gone();
    }

    /** Has a writer work, unless one does. */
    private void wake() {
        synchronized (this) {
            if (!started || writing || over) {
                return;
            }
            writing = true;
        }
        try {
            writers.execute(this::write);
        } catch (RejectedExecutionException e) {
            LOG.debug("the server was closed before a stream was", e);
        }
    }

    private void write() {
        try {
            OutputStream out = body == null ? opening.open() : body;
            body = out;
            for (String text = next(); text != null; text = next()) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (IOException e) {
            LOG.debug("a client went away", e);
            leave();
        } catch (RuntimeException e) {
            LOG.error("an event can't be told", e);
            leave();
        }
        Outcome outcome;
        synchronized (this) {
            writing = false;
            if (over || (!gone && (ended == null || !waiting.isEmpty()))) {
                outcome = null;
            } else {
                over = true;
                outcome = gone || ended == null ? Outcome.CANCELLED : ended;
            }
        }
        if (outcome != null) {
            listener.over(this, outcome);
        } else {
            again();
        }
    }

    /** What came between the last look and the end of the work. */
    private void again() {
        boolean more;
        synchronized (this) {
            more = !waiting.isEmpty();
        }
        if (more) {
            wake();
        }
    }

    private synchronized @Nullable String next() {
        if (gone || waiting.isEmpty()) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        waiting.forEach(event -> text.append(event.get()));
        waiting.clear();
        waitingSize = 0;
        return text.toString();
    }
}
