package io.prefstream.model.engine;

import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.generation.FinishReason;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.QueueFullException;
import io.prefstream.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the texts of many callers through one model: at every step whatever is finished leaves and
 * whatever waits and fits joins (continuous batching, Orca, OSDI 2022). One thread plans the steps
 * and tells the callers; the steps of a small model are computed in parts, side by side.
 *
 * <p>{@link #reload} loads other weights beside the running ones; those that run finish on the old
 * ones, those that wait start on the new ones. When the engine runs out of memory the limits are
 * halved for good and the step is made again.
 */
final class GenerationEngine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationEngine.class);

    private final EngineOptions options;
    private final Thread worker;
    private final Object lock = new Object();

    /** Guarded by the lock: what callers have put down and the worker has not taken yet. */
    private final List<Sequence> arrivals = new ArrayList<>();

    private @Nullable Loaded next;
    private boolean closed;
    private int inHand;

    /** The worker's own. */
    private final FairQueue waiting = new FairQueue();

    private Loaded current;
    private Scheduler scheduler;
    private BlockPool pool;
    private final Counters counters = new Counters();
    private final StepThreads threads = new StepThreads();

    /** Told after a round, when the metrics know of it. */
    private final List<Runnable> endings = new ArrayList<>();

    private volatile EngineMetrics metrics;
    private volatile int capacity;

    private record Loaded(StepDecoder decoder, String revision, int shares) {
        Loaded(StepDecoder decoder, String revision, EngineOptions options) {
            this(decoder, revision, options.shares(decoder.config().parameterCount()));
        }
    }

    private static final class Counters {
        long steps;
        long promptTokens;
        long reusedBefore;
        long generated;
        long completed;
        long failed;
        long preemptedBefore;
        long modelNanos;
        long stepNanos;
        long queueNanos;
        long admitted;
        long rows;
        long attended;
        long useful;
    }

    GenerationEngine(ModelConfig config, Path folder, String revision, EngineOptions options)
            throws IOException {
        this(PagedDecoder.load(config, folder, options), revision, options);
    }

    /** Owns the decoder from now on. */
    GenerationEngine(StepDecoder decoder, String revision, EngineOptions options) {
        this.options = options;
        current = new Loaded(decoder, revision, options);
        pool = new BlockPool(current.decoder.blocks(), options.blockTokens());
        scheduler = new Scheduler(pool, waiting, options.maxSequences(), options.tokensPerStep());
        capacity = pool.blocks() * options.blockTokens();
        metrics = snapshot();
        worker = new Thread(this::work, "generation-engine");
        worker.setDaemon(true);
        worker.start();
    }

    /** Tokens that the cache holds at most. */
    int capacity() {
        return capacity;
    }

    /** Arrays that no step will free; the same number whenever nothing runs. */
    int liveArrays() {
        return current.decoder.liveArrays();
    }

    EngineMetrics metrics() {
        return metrics;
    }

    /** The revision that answers what is admitted from now on. */
    String revision() {
        synchronized (lock) {
            return next == null ? current.revision : next.revision;
        }
    }

    /**
     * Queues a sequence; its listener hears of everything that happens to it.
     *
     * @throws QueueFullException if the queue is full
     * @throws GenerationException if the sequence can never fit the cache, or the engine is closed
     */
    void submit(Sequence sequence) {
        if (sequence.longest() > capacity) {
            throw tooLong(sequence.longest());
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
        Loaded loaded = new Loaded(PagedDecoder.load(config, folder, options), revision, options);
        @Nullable Loaded unused;
        synchronized (lock) {
            unused = closed ? loaded : next;
            if (!closed) {
                next = loaded;
                lock.notifyAll();
            }
        }
        if (unused != null) {
            unused.decoder.close();
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
        JniUtils.setNumThreads(options.productThreads(current.decoder.config().parameterCount()));
        try {
            while (takeArrivals()) {
                swap();
                dropAbandoned();
                step();
                tellEndings();
            }
        } finally {
            end();
        }
    }

    /** Waits for something to do; false when the engine was closed. */
    private boolean takeArrivals() {
        synchronized (lock) {
            while (!closed
                    && arrivals.isEmpty()
                    && next == null
                    && waiting.size() == 0
                    && scheduler.running().isEmpty()) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    LOG.warn("the engine's thread was interrupted; close() ends it");
                }
            }
            arrivals.forEach(waiting::add);
            arrivals.clear();
            return !closed;
        }
    }

    private void swap() {
        Loaded old;
        synchronized (lock) {
            if (next == null || !scheduler.running().isEmpty()) {
                return;
            }
            old = current;
            current = next;
            next = null;
        }
        old.decoder.close();
        counters.reusedBefore += pool.reusedTokens();
        counters.preemptedBefore += scheduler.preemptions();
        pool = new BlockPool(current.decoder.blocks(), options.blockTokens());
        scheduler =
                new Scheduler(pool, waiting, scheduler.maxSequences(), scheduler.tokensPerStep());
        capacity = pool.blocks() * options.blockTokens();
        waiting.removeIf(this::tooLong);
    }

    /** A larger model leaves a smaller cache: what waits may not fit it any more. */
    private boolean tooLong(Sequence sequence) {
        if (sequence.longest() <= capacity) {
            return false;
        }
        drop(sequence, tooLong(sequence.longest()));
        return true;
    }

    private GenerationException tooLong(int tokens) {
        return new GenerationException(
                "%d tokens exceed the %d that the cache holds (cache-bytes=%,d)"
                        .formatted(tokens, capacity, options.cacheBytes()));
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
            drop(sequence, new CancellationException());
        } else if (sequence.deadline - now < 0) {
            drop(sequence, new TimeoutException("the request's deadline has passed"));
        } else {
            return false;
        }
        return true;
    }

    /** It is out of hand, without an answer. */
    private void drop(Sequence sequence, Throwable why) {
        counters.failed++;
        left();
        endings.add(() -> sequence.fail(why));
    }

    /** What a listener throws is its own affair: nobody else's text suffers. */
    private void tellEndings() {
        metrics = snapshot();
        for (Runnable ending : endings) {
            try {
                ending.run();
            } catch (RuntimeException e) {
                LOG.warn("a listener failed at the end of its text", e);
            }
        }
        endings.clear();
    }

    private void left() {
        synchronized (lock) {
            inHand--;
        }
    }

    private void step() {
        long start = System.nanoTime();
        boolean admit;
        synchronized (lock) {
            admit = next == null;
        }
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
            part.outcomes().forEach(this::deliver);
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
                drop(turn.sequence(), part.why());
            }
        }
    }

    private static boolean isOutOfMemory(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return failure instanceof OutOfMemoryError
                || message.contains("out of memory")
                || message.contains("allocate memory");
    }

    /** It is out of hand, answered; the ending tells its listener. */
    private void complete(Sequence sequence, Runnable ending) {
        scheduler.finish(sequence);
        counters.completed++;
        left();
        endings.add(ending);
    }

    private void end() {
        List<Sequence> abandoned = new ArrayList<>(scheduler.running());
        synchronized (lock) {
            closed = true;
            abandoned.addAll(arrivals);
            arrivals.clear();
        }
        waiting.removeIf(abandoned::add);
        abandoned.forEach(s -> drop(s, new GenerationException("the engine is closed")));
        tellEndings();
        threads.close();
        current.decoder.close();
        synchronized (lock) {
            if (next != null) {
                next.decoder.close();
            }
        }
    }

    private EngineMetrics snapshot() {
        return new EngineMetrics(
                counters.steps,
                counters.promptTokens,
                counters.reusedBefore + pool.reusedTokens(),
                counters.generated,
                counters.completed,
                counters.failed,
                counters.preemptedBefore + scheduler.preemptions(),
                counters.modelNanos,
                counters.stepNanos,
                counters.queueNanos,
                counters.admitted,
                counters.rows,
                counters.attended,
                counters.useful,
                scheduler.running().size(),
                waiting.size(),
                pool.blocks() - pool.freeBlocks(),
                pool.blocks());
    }

    private void deliver(StepRows.Outcome outcome) {
        Scheduler.Turn turn = outcome.turn();
        Sequence sequence = turn.sequence();
        counters.promptTokens +=
                Math.min(turn.count(), Math.max(0, sequence.promptLength - sequence.computed));
        scheduler.computed(turn);
        if (sequence.work instanceof Sequence.Score score) {
            score(sequence, score, outcome);
        } else if (sequence.work instanceof Sequence.Continue c && outcome.chosen() != null) {
            proceed(sequence, c, outcome.chosen(), outcome.top());
        }
    }

    private void score(Sequence sequence, Sequence.Score score, StepRows.Outcome outcome) {
        sequence.logLikelihood += outcome.logLikelihood();
        if (sequence.remaining() == 0) {
            float reward = outcome.reward();
            String model = current.revision;
            complete(
                    sequence, () -> score.listener().scored(sequence.logLikelihood, reward, model));
        }
    }

    private void proceed(
            Sequence sequence,
            Sequence.Continue c,
            TokenListener.Chosen chosen,
            List<TokenListener.Chosen> top) {
        counters.generated++;
        if (c.ends().contains(chosen.token())) {
            finish(sequence, c, FinishReason.STOP);
            return;
        }
        sequence.append(chosen.token());
        boolean complete;
        try {
            complete = c.listener().token(chosen, top);
        } catch (RuntimeException e) {
            scheduler.finish(sequence);
            drop(sequence, e);
            return;
        }
        if (complete || sequence.length == sequence.longest()) {
            finish(sequence, c, complete ? FinishReason.STOP : FinishReason.LENGTH);
        }
    }

    private void finish(Sequence sequence, Sequence.Continue c, FinishReason reason) {
        String model = current.revision;
        complete(sequence, () -> c.listener().finished(reason, model));
    }
}
