package io.prefstream.model.engine;

import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.generation.GenerationException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of an engine, made by one thread: it plans them and tells the callers; the steps of a
 * small model are computed in parts, side by side. When memory runs out the limits are halved for
 * good and the step is made again.
 *
 * <p>Belongs to the engine's thread but for {@link #capacity}, {@link #metrics} and {@link
 * #current}.
 */
final class EngineLoop {
    private static final Logger LOG = LoggerFactory.getLogger(EngineLoop.class);

    private final EngineOptions options;
    private final FairQueue waiting = new FairQueue();
    private final EngineCounters counters = new EngineCounters();
    private final StepThreads threads = new StepThreads();
    private final Deliveries deliveries;
    private Scheduler scheduler;
    private BlockPool pool;
    private volatile Loaded current;
    private volatile EngineMetrics metrics;
    private volatile int capacity;

    /**
     * A model that runs.
     *
     * @param shares parts that its steps may be divided into
     */
    record Loaded(StepDecoder decoder, String revision, int shares) {}

    /**
     * @param left told of each text that is out of hand
     */
    EngineLoop(EngineOptions options, Loaded first, Runnable left) {
        this.options = options;
        current = first;
        deliveries = new Deliveries(counters, left);
        pool = new BlockPool(first.decoder.blocks(), options.blockTokens());
        scheduler = new Scheduler(pool, waiting, options.maxSequences(), options.tokensPerStep());
        capacity = pool.blocks() * options.blockTokens();
        metrics = counters.snapshot(scheduler, waiting, pool);
    }

    /** Tokens that the cache holds at most. */
    int capacity() {
        return capacity;
    }

    EngineMetrics metrics() {
        return metrics;
    }

    Loaded current() {
        return current;
    }

    /** On the thread that makes the steps, before the first. */
    void begin() {
        use(current);
    }

    void add(Sequence sequence) {
        waiting.add(sequence);
    }

    boolean running() {
        return !scheduler.running().isEmpty();
    }

    /** Whether there is nothing to do. */
    boolean idle() {
        return !running() && waiting.size() == 0;
    }

    /** Other weights, while nothing runs; {@link #restart} follows. */
    void use(Loaded next) {
        current = next;
        long parameters = next.decoder.config().parameterCount();
        JniUtils.setNumThreads(options.productThreads(parameters));
    }

    /** Begins with an empty cache; a larger model leaves a smaller one. */
    void restart() {
        counters.reusedBefore += pool.reusedTokens();
        counters.preemptedBefore += scheduler.preemptions();
        pool = new BlockPool(current.decoder.blocks(), options.blockTokens());
        scheduler =
                new Scheduler(pool, waiting, scheduler.maxSequences(), scheduler.tokensPerStep());
        capacity = pool.blocks() * options.blockTokens();
        waiting.removeIf(
                sequence -> {
                    boolean tooLong = sequence.longest() > capacity;
                    if (tooLong) {
                        deliveries.drop(sequence, tooLong(sequence));
                    }
                    return tooLong;
                });
    }

    GenerationException tooLong(Sequence sequence) {
        return new GenerationException(
                "%d tokens exceed the %d that the cache holds (cache-bytes=%,d)"
                        .formatted(sequence.longest(), capacity, options.cacheBytes()));
    }

    /**
     * One step, and what goes with it.
     *
     * @param admit whether what waits may join
     */
    void round(boolean admit) {
        dropAbandoned();
        step(admit);
        tell();
    }

    /** The last round: whatever is still in hand fails. */
    void end(List<Sequence> untaken) {
        List<Sequence> abandoned = new ArrayList<>(scheduler.running());
        abandoned.addAll(untaken);
        waiting.removeIf(abandoned::add);
        for (Sequence sequence : abandoned) {
            deliveries.drop(sequence, new GenerationException("the engine is closed"));
        }
        tell();
        threads.close();
        current.decoder.close();
    }

    /** Endings are told when the metrics know of them. */
    private void tell() {
        metrics = counters.snapshot(scheduler, waiting, pool);
        deliveries.tellEndings();
    }

    private void dropAbandoned() {
        long now = System.nanoTime();
        for (Sequence sequence : List.copyOf(scheduler.running())) {
            if (abandoned(sequence, now)) {
                scheduler.finish(sequence);
            }
        }
        waiting.removeIf(sequence -> abandoned(sequence, now));
    }

    private boolean abandoned(Sequence sequence, long now) {
        if (sequence.cancelled) {
            deliveries.drop(sequence, new CancellationException());
        } else if (sequence.deadline - now < 0) {
            deliveries.drop(sequence, new TimeoutException("the request's deadline has passed"));
        } else {
            return false;
        }
        return true;
    }

    private void step(boolean admit) {
        long start = System.nanoTime();
        int before = scheduler.running().size();
        List<Scheduler.Turn> turns = scheduler.plan(admit);
        for (int i = before; i < scheduler.running().size(); i++) {
            counters.admitted++;
            counters.queueNanos += start - scheduler.running().get(i).queuedAt;
        }
        if (turns.isEmpty()) {
            return;
        }
        List<StepRows> parts =
                StepRows.of(
                        turns,
                        current.shares,
                        options.blockTokens(),
                        current.decoder.config().vocabSize());
        List<StepThreads.Done> done = threads.run(current.decoder, parts);
        counters.modelNanos +=
                done.stream().mapToLong(StepThreads.Done::modelNanos).max().orElse(0);
        for (StepThreads.Done part : done) {
            counters.attended += part.rows().attended();
            counters.useful += part.rows().useful();
            for (StepRows.Outcome outcome : part.outcomes()) {
                deliveries.deliver(outcome, scheduler, current.revision);
            }
        }
        List<StepThreads.Done> failed = done.stream().filter(StepThreads.Done::failed).toList();
        if (!failed.isEmpty()) {
            failed(failed);
        }
        counters.steps++;
        counters.rows += turns.stream().mapToInt(Scheduler.Turn::count).sum();
        counters.stepNanos += System.nanoTime() - start;
    }

    /** After what the other parts of the step gave was delivered. */
    private void failed(List<StepThreads.Done> parts) {
        boolean outOfMemory = parts.stream().allMatch(part -> isOutOfMemory(part.why()));
        if (outOfMemory && scheduler.shrink()) {
            LOG.warn(
                    "out of memory: at most {} sequences and {} tokens a step from now on",
                    scheduler.maxSequences(),
                    scheduler.tokensPerStep());
            return;
        }
        for (StepThreads.Done part : parts) {
            for (Scheduler.Turn turn : part.rows().turns()) {
                scheduler.finish(turn.sequence());
                deliveries.drop(turn.sequence(), part.why());
            }
        }
    }

    private static boolean isOutOfMemory(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return failure instanceof OutOfMemoryError
                || message.contains("out of memory")
                || message.contains("allocate memory");
    }
}
