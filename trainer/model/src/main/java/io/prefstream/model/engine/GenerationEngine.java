package io.prefstream.model.engine;

import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.generation.FinishReason;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.QueueFullException;
import io.prefstream.generation.Sampling;
import io.prefstream.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the texts of many callers through one model, on one thread: at every step whatever is
 * finished leaves and whatever waits and fits joins (continuous batching, Orca, OSDI 2022).
 *
 * <p>{@link #reload} loads other weights beside the running ones; those that run finish on the old
 * ones, those that wait start on the new ones. When the engine runs out of memory the limits are
 * halved for good and the step is made again.
 */
final class GenerationEngine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationEngine.class);

    /** A group may read this share of padding beside what is its sequences'. */
    private static final double PADDING = 0.25;

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

    /** Told after a round, when the metrics know of it. */
    private final List<Runnable> endings = new ArrayList<>();

    private volatile EngineMetrics metrics;
    private volatile int capacity;

    private record Loaded(StepDecoder decoder, String revision) {}

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
        current = new Loaded(decoder, revision);
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
        Loaded loaded = new Loaded(PagedDecoder.load(config, folder, options), revision);
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
        JniUtils.setNumThreads(options.threadsFor(current.decoder.config().parameterCount()));
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
        Rows rows = new Rows(turns);
        StepOutput output;
        long modelStart = System.nanoTime();
        try {
            output = current.decoder.step(rows.batch, rows.probabilities);
        } catch (RuntimeException | Error e) {
            failed(turns, e);
            return;
        }
        try (output) {
            long modelEnd = System.nanoTime();
            counters.modelNanos += modelEnd - modelStart;
            rows.deliver(output);
        }
        counters.steps++;
        counters.rows += rows.batch.tokens();
        counters.stepNanos += System.nanoTime() - start;
    }

    private void failed(List<Scheduler.Turn> turns, Throwable e) {
        if (isOutOfMemory(e) && scheduler.shrink()) {
            LOG.warn(
                    "out of memory: at most {} sequences and {} tokens a step from now on",
                    scheduler.maxSequences(),
                    scheduler.tokensPerStep());
            return;
        }
        for (Scheduler.Turn turn : turns) {
            scheduler.finish(turn.sequence());
            drop(turn.sequence(), e);
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

    /** The turns of a step as rows of a batch, and what was asked of which row. */
    private final class Rows {
        final StepBatch batch = new StepBatch();
        boolean probabilities;
        private final List<Row> rows = new ArrayList<>();

        /** Indices of what is read for a turn; -1 for nothing. */
        private record Row(
                Scheduler.Turn turn, int sampled, int likely, int likelies, int reward) {}

        Rows(List<Scheduler.Turn> turns) {
            List<Scheduler.Turn> sorted = new ArrayList<>(turns);
            sorted.sort(
                    Comparator.comparingInt(Scheduler.Turn::count)
                            .thenComparingInt(turn -> turn.sequence().blocks));
            int start = 0;
            long useful = 0;
            for (int i = 0; i < sorted.size(); i++) {
                useful += sorted.get(i).sequence().blocks;
                boolean last = i + 1 == sorted.size();
                if (last
                        || sorted.get(i + 1).count() != sorted.get(i).count()
                        || tooWide(sorted.get(i + 1).sequence().blocks, i + 2 - start, useful)) {
                    group(sorted.subList(start, i + 1));
                    start = i + 1;
                    useful = 0;
                }
            }
        }

        private boolean tooWide(int width, int sequences, long useful) {
            long read = (long) width * sequences;
            return read - useful - width > PADDING * (useful + width) + 8;
        }

        private void group(List<Scheduler.Turn> turns) {
            List<int[]> tables = new ArrayList<>();
            int widest = 0;
            for (Scheduler.Turn turn : turns) {
                Sequence sequence = turn.sequence();
                tables.add(java.util.Arrays.copyOf(sequence.table, sequence.blocks));
                widest = Math.max(widest, sequence.blocks);
                counters.useful += sequence.computed + turn.count();
            }
            counters.attended += (long) widest * options.blockTokens() * turns.size();
            batch.group(turns.get(0).count(), tables);
            turns.forEach(this::add);
        }

        private void add(Scheduler.Turn turn) {
            Sequence sequence = turn.sequence();
            int block = options.blockTokens();
            int first = -1;
            int count = 0;
            int row = -1;
            for (int i = sequence.computed; i < sequence.computed + turn.count(); i++) {
                long slot = (long) sequence.table[i / block] * block + i % block;
                row = batch.token(sequence.tokens[i], i, slot);
                if (sequence.work instanceof Sequence.Score score
                        && i + 1 >= score.from()
                        && i + 1 < sequence.length) {
                    int index = batch.likelihood(row, sequence.tokens[i + 1]);
                    first = count == 0 ? index : first;
                    count++;
                }
            }
            boolean complete = sequence.computed + turn.count() == sequence.length;
            int sampled = -1;
            int reward = -1;
            if (complete && sequence.work instanceof Sequence.Continue c) {
                sampled = sample(sequence, c.sampling(), row);
            } else if (complete && sequence.work instanceof Sequence.Score s && s.reward()) {
                reward = batch.reward(row);
            }
            rows.add(new Row(turn, sampled, first, count, reward));
        }

        private int sample(Sequence sequence, Sampling sampling, int row) {
            int index = batch.sample(row, sampling.greedy() ? 1 : sampling.temperature());
            probabilities |= !sampling.greedy();
            if (sampling.repetitionPenalty() != 1) {
                java.util.stream.IntStream.range(0, sequence.length)
                        .map(i -> sequence.tokens[i])
                        .distinct()
                        .forEach(
                                token ->
                                        batch.penalize(
                                                index,
                                                current.decoder.config().vocabSize(),
                                                token,
                                                sampling.repetitionPenalty()));
            }
            return index;
        }

        void deliver(StepOutput output) {
            for (Row row : rows) {
                Sequence sequence = row.turn.sequence();
                int fresh =
                        Math.min(
                                row.turn.count(),
                                Math.max(0, sequence.promptLength - sequence.computed));
                counters.promptTokens += fresh;
                scheduler.computed(row.turn);
                if (sequence.work instanceof Sequence.Score score) {
                    score(sequence, score, row, output);
                } else if (sequence.work instanceof Sequence.Continue c && row.sampled >= 0) {
                    proceed(sequence, c, row.sampled, output);
                }
            }
        }

        private void score(Sequence sequence, Sequence.Score score, Row row, StepOutput output) {
            for (int i = 0; i < row.likelies; i++) {
                sequence.logLikelihood += output.likelihoods[row.likely + i];
            }
            if (sequence.remaining() == 0) {
                float reward = row.reward < 0 ? Float.NaN : output.rewards[row.reward];
                String model = current.revision;
                complete(
                        sequence,
                        () -> score.listener().scored(sequence.logLikelihood, reward, model));
            }
        }

        private void proceed(Sequence sequence, Sequence.Continue c, int index, StepOutput output) {
            int token =
                    c.sampling().greedy()
                            ? output.best(index)
                            : Sampler.choose(
                                    output.probabilities(index),
                                    c.sampling(),
                                    Sampler.uniform(c.seed(), sequence.length));
            counters.generated++;
            if (c.ends().contains(token)) {
                finish(sequence, c, FinishReason.STOP);
                return;
            }
            float logit = output.logit(index, token);
            TokenListener.Chosen chosen =
                    new TokenListener.Chosen(token, logit - output.normalizer(index));
            sequence.append(token);
            boolean complete;
            try {
                complete = c.listener().token(chosen, top(output, index, c.top()));
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

        private List<TokenListener.Chosen> top(StepOutput output, int index, int count) {
            if (count <= 0) {
                return List.of();
            }
            float[] logits = output.logits(index);
            long[] order = new long[logits.length];
            for (int i = 0; i < order.length; i++) {
                int bits = Float.floatToIntBits(logits[i]);
                int sortable = bits ^ ((bits >> 31) & 0x7fffffff);
                order[i] = ((long) ~sortable) << 32 | i;
            }
            java.util.Arrays.sort(order);
            List<TokenListener.Chosen> top = new ArrayList<>();
            for (int i = 0; i < Math.min(count, order.length); i++) {
                int token = (int) order[i];
                top.add(new TokenListener.Chosen(token, logits[token] - output.normalizer(index)));
            }
            return top;
        }
    }
}
