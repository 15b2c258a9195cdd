package io.prefstream.model.engine;

import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.QueueFullException;
import io.prefstream.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the texts of many callers through one model: at every step whatever is finished leaves and
 * whatever waits and fits joins (continuous batching, Orca, OSDI 2022). This is the door, which any
 * thread may use, and behind it the lanes: threads that each take a step from the {@link
 * EngineCore} and make it.
 *
 * <p>A large model has one lane, whose products have all processors. A small one has as many as
 * there are processors, and products of one thread: a product takes microseconds, and so does each
 * meeting of threads. Lanes don't meet: a text is with one of them for a step, with any of them for
 * the next.
 *
 * <p>{@link #reload} loads other weights beside the running ones; those that run finish on the old
 * ones, those that wait start on the new ones.
 */
final class GenerationEngine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationEngine.class);

    private final EngineOptions options;
    private final Object lock = new Object();
    private final EngineCore core;
    private final List<Thread> lanes = new ArrayList<>();

    /** Guarded by the lock, as is all that follows. */
    private EngineCore.@Nullable Loaded next;

    private boolean closed;

    /** What ended a lane that was not to end. */
    private @Nullable Throwable failure;

    private int inHand;
    private int openLanes;

    GenerationEngine(ModelConfig config, Path folder, String revision, EngineOptions options)
            throws IOException {
        this(PagedDecoder.load(config, folder, options), revision, options);
    }

    /** Owns the decoder from now on. */
    GenerationEngine(StepDecoder decoder, String revision, EngineOptions options) {
        this.options = options;
        core = new EngineCore(options, loaded(decoder, revision), () -> inHand--);
        openLanes = options.lanes();
        LOG.info(
                "{} computes on {}: {} weights, {} lanes, {} tokens of cache",
                revision,
                options.device(),
                options.weights(),
                openLanes,
                core.capacity());
        for (int lane = 0; lane < options.lanes(); lane++) {
            Thread thread = new Thread(this::work, "generation-engine-" + lane);
            thread.setDaemon(true);
            lanes.add(thread);
        }
        lanes.forEach(Thread::start);
    }

    private EngineCore.Loaded loaded(StepDecoder decoder, String revision) {
        int shares = options.shares(decoder.config().parameterCount());
        return new EngineCore.Loaded(decoder, revision, shares);
    }

    /** Tokens that the cache holds at most. */
    int capacity() {
        return core.capacity();
    }

    /** Arrays that no step will free; the same number whenever nothing runs. */
    int liveArrays() {
        return core.current().decoder().liveArrays();
    }

    EngineMetrics metrics() {
        return core.metrics();
    }

    /** The revision that answers what is admitted from now on. */
    String revision() {
        synchronized (lock) {
            return (next == null ? core.current() : next).revision();
        }
    }

    /** Why nothing is served any more; empty while something is. */
    Optional<EngineClosedException> outOfService() {
        synchronized (lock) {
            return closed ? Optional.of(new EngineClosedException(failure)) : Optional.empty();
        }
    }

    /**
     * Queues a sequence; its listener hears of everything that happens to it.
     *
     * @throws QueueFullException if the queue is full
     * @throws GenerationException if the sequence can never fit the cache
     * @throws EngineClosedException if the engine is closed or has stopped
     */
    void submit(Sequence sequence) {
        if (sequence.longest() > core.capacity()) {
            throw core.tooLong(sequence);
        }
        synchronized (lock) {
            if (closed) {
                throw new EngineClosedException(failure);
            }
            if (inHand >= options.maxQueued()) {
                throw new QueueFullException(
                        "%,d requests are in hand (max-queued=%,d)"
                                .formatted(inHand, options.maxQueued()));
            }
            core.add(sequence);
            inHand++;
            lock.notify();
        }
    }

    /** Gives a sequence up; its listener hears of it from a lane. */
    void cancel(Sequence sequence) {
        sequence.cancelled = true;
        synchronized (lock) {
            lock.notify();
        }
    }

    /** Loads other weights of the same configuration's vocabulary and context. */
    void reload(ModelConfig config, Path folder, String revision) throws IOException {
        EngineCore.Loaded loaded = loaded(PagedDecoder.load(config, folder, options), revision);
        EngineCore.@Nullable Loaded unused;
        synchronized (lock) {
            unused = closed ? loaded : next;
            if (!closed) {
                next = loaded;
                lock.notify();
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
        for (Thread lane : lanes) {
            while (lane.isAlive()) {
                try {
                    lane.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        EngineCore.@Nullable Loaded before = null;
        try {
            for (@Nullable EngineStep step = next(); step != null; step = next()) {
                if (step.model() != before) {
                    before = step.model();
                    long parameters = before.decoder().config().parameterCount();
                    JniUtils.setNumThreads(options.productThreads(parameters));
                }
                EngineStep.Made made = step.make();
                List<Runnable> endings;
                synchronized (lock) {
                    core.made(step, made);
                    endings = core.endings();
                }
                Deliveries.tell(endings);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("the engine stops", e);
            synchronized (lock) {
                failure = failure == null ? e : failure;
            }
        } finally {
            leave();
        }
    }

    /** Waits for a step to make; null when the engine was closed. */
    private @Nullable EngineStep next() {
        while (true) {
            long begun = System.nanoTime();
            @Nullable EngineStep step;
            List<Runnable> endings;
            EngineCore.@Nullable Loaded replaced;
            synchronized (lock) {
                if (closed) {
                    return null;
                }
                replaced = swap();
                step = core.plan(next == null, begun);
                endings = core.endings();
                if (step != null && core.ready()) {
                    // Another lane's.
                    lock.notify();
                } else if (step == null && endings.isEmpty() && replaced == null) {
                    await();
                }
            }
            Deliveries.tell(endings);
            if (replaced != null) {
                replaced.decoder().close();
            }
            if (step != null) {
                return step;
            }
        }
    }

    private void await() {
        try {
            lock.wait();
        } catch (InterruptedException e) {
            LOG.warn("a thread of the engine was interrupted; close() ends it");
        }
    }

    /** Changes to the next weights when nothing runs; those that were replaced. */
    private EngineCore.@Nullable Loaded swap() {
        if (next == null || core.running()) {
            return null;
        }
        EngineCore.Loaded old = core.current();
        core.use(next);
        next = null;
        return old;
    }

    /** The last lane that leaves shuts the engine. */
    private void leave() {
        List<Runnable> endings = List.of();
        EngineCore.@Nullable Loaded unused = null;
        boolean last;
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
            last = --openLanes == 0;
            if (last) {
                core.end(new EngineClosedException(failure));
                endings = core.endings();
                unused = next;
            }
        }
        Deliveries.tell(endings);
        if (last) {
            core.current().decoder().close();
        }
        if (unused != null) {
            unused.decoder().close();
        }
    }
}
