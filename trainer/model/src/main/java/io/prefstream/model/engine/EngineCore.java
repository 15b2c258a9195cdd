package io.prefstream.model.engine;

import io.prefstream.generation.GenerationException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an engine knows: the model, what waits and what runs. It plans steps, which several threads
 * make side by side, each with texts of its own, and hands over what they gave. When memory runs
 * out the limits are halved for good and the step is made again.
 *
 * <p>Guarded by the engine's lock but for {@link #capacity}, {@link #metrics} and {@link #current}.
 */
final class EngineCore {
    private static final Logger LOG = LoggerFactory.getLogger(EngineCore.class);

    private final EngineOptions options;
    private final FairQueue waiting = new FairQueue();
    private final EngineCounters counters = new EngineCounters();
    private final Deliveries deliveries;
    private Scheduler scheduler;
    private BlockPool pool;
    private volatile Loaded current;
    private volatile EngineMetrics metrics;
    private volatile int capacity;

    /**
     * A model that runs.
     *
     * @param shares steps that may be under way side by side
     */
    record Loaded(StepDecoder decoder, String revision, int shares) {}

    /**
     * @param left told of each text that is out of hand
     */
    EngineCore(EngineOptions options, Loaded first, Runnable left) {
        this.options = options;
        current = first;
        deliveries = new Deliveries(counters, left);
        pool = new BlockPool(first.decoder.blocks(), options.blockTokens());
        scheduler = new Scheduler(pool, waiting, options.maxSequences(), options.tokensPerStep());
        capacity = pool.blocks() * options.blockTokens();
        metrics = counters.snapshot(scheduler, waiting, pool, first.shares);
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

    void add(Sequence sequence) {
        waiting.add(sequence);
    }

    /** Whether texts have begun: they end with the weights that they began with. */
    boolean running() {
        return !scheduler.running().isEmpty() || waiting.peekPreempted() != null;
    }

    /** Whether a text runs that no step under way has a turn of. */
    boolean ready() {
        return scheduler.ready();
    }

    /**
     * Begins with other weights and an empty cache, while nothing runs; a larger model leaves a
     * smaller one.
     */
    void use(Loaded next) {
        current = next;
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
     * Plans a step beside those that are under way; null when there is nothing to do, or nothing
     * that is worth another step.
     *
     * @param admit whether what has not begun may join
     * @param begun when planning began
     */
    @Nullable EngineStep plan(boolean admit, long begun) {
        dropAbandoned();
        List<Scheduler.Turn> turns = scheduler.plan(admit, current.shares);
        for (Sequence sequence : scheduler.running()) {
            if (!sequence.admitted) {
                sequence.admitted = true;
                counters.admitted++;
                counters.queueNanos += begun - sequence.queuedAt;
            }
        }
        if (turns.isEmpty()) {
            return null;
        }
        int vocabSize = current.decoder.config().vocabSize();
        StepRows rows = new StepRows(turns, options, vocabSize);
        return new EngineStep(current, rows, scheduler.tokensPerStep(), begun);
    }

    /** Hands over what a step gave. */
    void made(EngineStep step, EngineStep.Made made) {
        List<Scheduler.Turn> turns = step.rows().turns();
        scheduler.made(turns);
        counters.modelNanos += made.modelNanos();
        counters.attended += step.rows().attended();
        counters.useful += step.rows().useful();
        for (StepRows.Outcome outcome : made.outcomes()) {
            deliveries.deliver(outcome, scheduler, step.model().revision());
        }
        @Nullable Throwable failure = made.failure();
        if (failure != null) {
            failed(step, failure);
        }
        counters.steps++;
        counters.rows += turns.stream().mapToInt(Scheduler.Turn::count).sum();
        counters.stepNanos += System.nanoTime() - step.begun();
    }

    /** Whatever is still in hand fails, when no step is under way any more. */
    void end(EngineClosedException why) {
        List<Sequence> abandoned = new ArrayList<>(scheduler.running());
        waiting.removeIf(abandoned::add);
        for (Sequence sequence : abandoned) {
            deliveries.drop(sequence, why);
        }
    }

    /** Endings that are to be told, without the lock; the metrics know of them. */
    List<Runnable> endings() {
        metrics = counters.snapshot(scheduler, waiting, pool, current.shares);
        return deliveries.endings();
    }

    private void dropAbandoned() {
        long now = System.nanoTime();
        for (Sequence sequence : List.copyOf(scheduler.running())) {
            if (sequence.underWay == 0 && abandoned(sequence, now)) {
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

    /** Memory that ran out in several steps at once halves the limits once. */
    private void failed(EngineStep step, Throwable why) {
        if (isOutOfMemory(why)) {
            if (scheduler.tokensPerStep() < step.limit()) {
                return;
            }
            if (scheduler.shrink()) {
                LOG.warn(
                        "out of memory: at most {} sequences and {} tokens a step from now on",
                        scheduler.maxSequences(),
                        scheduler.tokensPerStep());
                return;
            }
        }
        for (Scheduler.Turn turn : step.rows().turns()) {
            scheduler.finish(turn.sequence());
            deliveries.drop(turn.sequence(), why);
        }
    }

    private static boolean isOutOfMemory(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return failure instanceof OutOfMemoryError
                || message.contains("out of memory")
                || message.contains("allocate memory");
    }
}
