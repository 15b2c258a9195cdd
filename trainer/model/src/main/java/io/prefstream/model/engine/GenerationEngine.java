package io.prefstream.model.engine;

import io.prefstream.generation.GenerationException;
import io.prefstream.generation.QueueFullException;
import io.prefstream.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the texts of many callers through one model: at every step whatever is finished leaves and
 * whatever waits and fits joins (continuous batching, Orca, OSDI 2022). This is the door, which any
 * thread may use; behind it one thread makes the steps, an {@link EngineLoop}.
 *
 * <p>{@link #reload} loads other weights beside the running ones; those that run finish on the old
 * ones, those that wait start on the new ones.
 */
final class GenerationEngine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationEngine.class);

    private final EngineOptions options;
    private final EngineLoop loop;
    private final Thread worker;
    private final Object lock = new Object();

    /** Guarded by the lock: what callers have put down and the worker has not taken yet. */
    private final List<Sequence> arrivals = new ArrayList<>();

    private EngineLoop.@Nullable Loaded next;
    private boolean closed;
    private int inHand;

    GenerationEngine(ModelConfig config, Path folder, String revision, EngineOptions options)
            throws IOException {
        this(PagedDecoder.load(config, folder, options), revision, options);
    }

    /** Owns the decoder from now on. */
    GenerationEngine(StepDecoder decoder, String revision, EngineOptions options) {
        this.options = options;
        loop = new EngineLoop(options, loaded(decoder, revision), this::left);
        worker = new Thread(this::work, "generation-engine");
        worker.setDaemon(true);
        worker.start();
    }

    private EngineLoop.Loaded loaded(StepDecoder decoder, String revision) {
        int shares = options.shares(decoder.config().parameterCount());
        return new EngineLoop.Loaded(decoder, revision, shares);
    }

    /** Tokens that the cache holds at most. */
    int capacity() {
        return loop.capacity();
    }

    /** Arrays that no step will free; the same number whenever nothing runs. */
    int liveArrays() {
        return loop.current().decoder().liveArrays();
    }

    EngineMetrics metrics() {
        return loop.metrics();
    }

    /** The revision that answers what is admitted from now on. */
    String revision() {
        synchronized (lock) {
            return (next == null ? loop.current() : next).revision();
        }
    }

    /**
     * Queues a sequence; its listener hears of everything that happens to it.
     *
     * @throws QueueFullException if the queue is full
     * @throws GenerationException if the sequence can never fit the cache, or the engine is closed
     */
    void submit(Sequence sequence) {
        if (sequence.longest() > loop.capacity()) {
            throw loop.tooLong(sequence);
        }
        synchronized (lock) {
            if (closed) {
                throw new GenerationException("the engine is closed");
            }
            if (inHand >= options.maxQueued()) {
                throw new QueueFullException(
                        "%,d requests are in hand (max-queued=%,d)"
                                .formatted(inHand, options.maxQueued()));
            }
            arrivals.add(sequence);
            inHand++;
            lock.notifyAll();
        }
    }

    /** Gives a sequence up; its listener hears of it from the worker. */
    void cancel(Sequence sequence) {
        sequence.cancelled = true;
        synchronized (lock) {
            lock.notifyAll();
        }
    }

    /** Loads other weights of the same configuration's vocabulary and context. */
    void reload(ModelConfig config, Path folder, String revision) throws IOException {
        EngineLoop.Loaded loaded = loaded(PagedDecoder.load(config, folder, options), revision);
        EngineLoop.@Nullable Loaded unused;
        synchronized (lock) {
            unused = closed ? loaded : next;
            if (!closed) {
                next = loaded;
                lock.notifyAll();
            }
        }
        if (unused != null) {
            unused.decoder().close();
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        loop.begin();
        try {
            while (takeArrivals()) {
                boolean admit = !swap();
                loop.round(admit);
            }
        } finally {
            end();
        }
    }

    /** Waits for something to do; false when the engine was closed. */
    private boolean takeArrivals() {
        synchronized (lock) {
            while (!closed && arrivals.isEmpty() && next == null && loop.idle()) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    LOG.warn("the engine's thread was interrupted; close() ends it");
                }
            }
            arrivals.forEach(loop::add);
            arrivals.clear();
            return !closed;
        }
    }

    /** Changes to the next weights when nothing runs; true while they wait for that. */
    private boolean swap() {
        EngineLoop.Loaded old = loop.current();
        synchronized (lock) {
            if (next == null) {
                return false;
            }
            if (loop.running()) {
                return true;
            }
            loop.use(next);
            next = null;
        }
        old.decoder().close();
        loop.restart();
        return false;
    }

    /** A text is out of hand. */
    private void left() {
        synchronized (lock) {
            inHand--;
        }
    }

    private void end() {
        List<Sequence> untaken;
        synchronized (lock) {
            closed = true;
            untaken = List.copyOf(arrivals);
            arrivals.clear();
        }
        loop.end(untaken);
        synchronized (lock) {
            if (next != null) {
                next.decoder().close();
            }
        }
    }
}
