package io.prefstream.trainer.serve;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A text on its way from an engine's thread to one that may wait for its reader. Unbounded: it
 * never holds more than an answer.
 */
final class Pieces {
    private final BlockingQueue<Optional<String>> queue = new LinkedBlockingQueue<>();

    void add(String piece) {
        queue.add(Optional.of(piece));
    }

    void end() {
        queue.add(Optional.empty());
    }

    /** The next piece; empty at the end. */
    Optional<String> take() throws InterruptedException {
        return queue.take();
    }
}
