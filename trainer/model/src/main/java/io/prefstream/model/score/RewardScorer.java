package io.prefstream.model.score;

import ai.djl.pytorch.jni.JniUtils;
import io.prefstream.model.DecoderModel;
import io.prefstream.model.EncodedText;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.PairEncoding;
import io.prefstream.model.tokenizer.CodeTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores texts of many callers with one model on one thread.
 *
 * <p>Callers encode on their own thread and put a request into a bounded queue; when it is full
 * they are <em>blocked</em>, which is the back-pressure that an async operator passes on. The
 * worker takes all that waits, sorts it by length and runs it in groups of bounded size. A score
 * does not depend on the group (causal attention, padding on the right).
 *
 * <p>{@link #reload} swaps weights between two rounds of the worker, so a request meets one
 * checkpoint only, and none is lost. When the engine runs out of memory the group is halved, for
 * good, down to a single text; only that text's request then fails.
 */
public final class RewardScorer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RewardScorer.class);

    private final ScorerOptions options;
    private final CodeTokenizer tokenizer;
    private final Path tokenizerFile;
    private final PairEncoding encoding;
    private final Thread worker;
    private final Object lock = new Object();

    /** Callers encode under its read lock, so that the tokenizer is not freed under them. */
    private final ReadWriteLock encoders = new ReentrantReadWriteLock();

    private boolean tokenizerClosed;
    private final Deque<Request> waiting = new ArrayDeque<>();
    private int queuedTokens;
    private boolean closed;
    private @Nullable Loaded next;
    private Loaded current;
    private int tokensAtOnce;

    private record Loaded(DecoderModel model, String checkpointId) {}

    private record Request(List<EncodedText> texts, int tokens, CompletableFuture<Scores> scores) {}

    private record Scores(float[] rewards, String checkpointId) {}

    /** Loads {@code bundle} and starts the worker. */
    public RewardScorer(Path bundle, String checkpointId, ScorerOptions options)
            throws IOException {
        this.options = options;
        this.tokensAtOnce = options.tokensAtOnce();
        ModelBundle opened = ModelBundle.open(bundle);
        tokenizerFile = bundle.resolve(ModelBundle.TOKENIZER);
        tokenizer = opened.tokenizer();
        encoding =
                new PairEncoding(
                        tokenizer,
                        opened.config().eosTokenId(),
                        opened.config().maxPositionEmbeddings());
        try {
            current = new Loaded(opened.model(), checkpointId);
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
        worker = new Thread(this::work, "reward-scorer");
        worker.setDaemon(true);
        worker.start();
    }

    /** How requests are encoded, for callers that check the budget first; not after close. */
    public PairEncoding encoding() {
        return encoding;
    }

    /** The checkpoint that scores from the next round on. */
    public String checkpointId() {
        synchronized (lock) {
            return next == null ? current.checkpointId : next.checkpointId;
        }
    }

    /**
     * Reward of one answer. Blocks while the queue is full. The future fails with {@link
     * OverBudgetException}, {@link ScorerClosedException}, or the engine's own exception.
     */
    public CompletableFuture<Float> score(String prompt, String response) {
        return submit(() -> List.of(encoding.encode(prompt, response)), (scores, id) -> scores[0]);
    }

    /** Rewards of both answers, by the same checkpoint; else as {@link #score}. */
    public CompletableFuture<PairScore> scorePair(String prompt, String chosen, String rejected) {
        return submit(
                () -> List.of(encoding.encode(prompt, chosen), encoding.encode(prompt, rejected)),
                (scores, id) -> new PairScore(scores[0], scores[1], id));
    }

    /** As {@link #scorePair(String, String, String)}, for texts that are encoded already. */
    public CompletableFuture<PairScore> scorePair(EncodedText chosen, EncodedText rejected) {
        return submit(
                () -> List.of(chosen, rejected),
                (scores, id) -> new PairScore(scores[0], scores[1], id));
    }

    /**
     * Loads another checkpoint of the same tokenizer and context, and uses it from the next round
     * on. When it cannot be read the current one stays.
     */
    public void reload(Path bundle, String checkpointId) throws IOException {
        ModelBundle opened = ModelBundle.open(bundle);
        if (Files.mismatch(bundle.resolve(ModelBundle.TOKENIZER), tokenizerFile) >= 0) {
            throw new IOException(
                    "%s has another tokenizer than the running scorer; start a new one"
                            .formatted(bundle));
        }
        if (opened.config().maxPositionEmbeddings() < encoding.budget()) {
            throw new IOException(
                    "%s has a context of %d, the running scorer's is %d"
                            .formatted(
                                    bundle,
                                    opened.config().maxPositionEmbeddings(),
                                    encoding.budget()));
        }
        Loaded loaded = new Loaded(opened.model(), checkpointId);
        @Nullable Loaded unused;
        synchronized (lock) {
            if (closed) {
                unused = loaded;
            } else {
                unused = next;
                next = loaded;
                lock.notifyAll();
            }
        }
        if (unused != null) {
            unused.model.close();
        }
    }

    /** Fails all that waits with {@link ScorerClosedException}, and ends the worker. */
    @Override
    public void close() {
        List<Request> abandoned;
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            abandoned = new ArrayList<>(waiting);
            waiting.clear();
            lock.notifyAll();
        }
        abandoned.forEach(request -> request.scores.completeExceptionally(closedError()));
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        current.model.close();
        if (next != null) {
            next.model.close();
        }
        encoders.writeLock().lock();
        try {
            tokenizerClosed = true;
            tokenizer.close();
        } finally {
            encoders.writeLock().unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> CompletableFuture<T> submit(
            Supplier<List<EncodedText>> request, BiFunction<float[], String, T> result) {
        List<EncodedText> texts;
        encoders.readLock().lock();
        try {
            if (tokenizerClosed) {
                return CompletableFuture.failedFuture(closedError());
            }
            texts = request.get();
        } finally {
            encoders.readLock().unlock();
        }
        return enqueue(texts, result);
    }

    private <T> CompletableFuture<T> enqueue(
            List<EncodedText> texts, BiFunction<float[], String, T> result) {
        int tokens = 0;
        for (EncodedText text : texts) {
            if (text.overBudget() || text.length() > encoding.budget()) {
                return CompletableFuture.failedFuture(
                        new OverBudgetException(text.length(), encoding.budget()));
            }
            tokens += text.length();
        }
        CompletableFuture<Scores> scores = new CompletableFuture<>();
        synchronized (lock) {
            while (!closed && !hasRoomFor(tokens)) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return CompletableFuture.failedFuture(e);
                }
            }
            if (closed) {
                return CompletableFuture.failedFuture(closedError());
            }
            waiting.add(new Request(texts, tokens, scores));
            queuedTokens += tokens;
            lock.notifyAll();
        }
        return scores.thenApply(s -> result.apply(s.rewards, s.checkpointId));
    }

    /** A request that is larger than the whole queue is let in when the queue is empty. */
    private boolean hasRoomFor(int tokens) {
        return waiting.isEmpty()
                || (waiting.size() < options.maxQueuedRequests()
                        && (long) queuedTokens + tokens <= options.maxQueuedTokens());
    }

    private void work() {
        if (options.threads() > 0) {
            // On this thread, before its first run: the engine keeps a setting per thread.
            JniUtils.setNumThreads(options.threads());
        }
        while (true) {
            List<Request> round;
            synchronized (lock) {
                while (!closed && waiting.isEmpty() && next == null) {
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        LOG.warn("the scorer's thread was interrupted; close() ends it");
                    }
                }
                if (closed) {
                    return;
                }
                swap();
                round = new ArrayList<>(waiting);
                waiting.clear();
                queuedTokens = 0;
                lock.notifyAll();
            }
            run(round);
        }
    }

    private void swap() {
        if (next != null) {
            current.model.close();
            current = next;
            next = null;
        }
    }

    private void run(List<Request> round) {
        List<Request> ordered = new ArrayList<>(round);
        ordered.sort(Comparator.comparingInt(Request::tokens));
        int start = 0;
        while (start < ordered.size()) {
            int end = start + 1;
            while (end < ordered.size() && fits(ordered.subList(start, end + 1))) {
                end++;
            }
            score(ordered.subList(start, end));
            start = end;
        }
    }

    private boolean fits(List<Request> group) {
        long texts = 0;
        long longest = 0;
        for (Request request : group) {
            for (EncodedText text : request.texts) {
                texts++;
                longest = Math.max(longest, text.length());
            }
        }
        return texts * longest <= tokensAtOnce;
    }

    private void score(List<Request> group) {
        try {
            List<EncodedText> texts = group.stream().flatMap(r -> r.texts.stream()).toList();
            float[] rewards = current.model.rewards(texts, tokensAtOnce);
            int at = 0;
            for (Request request : group) {
                int size = request.texts.size();
                float[] own = Arrays.copyOfRange(rewards, at, at + size);
                request.scores.complete(new Scores(own, current.checkpointId));
                at += size;
            }
        } catch (RuntimeException | Error e) {
            // An error, too, must reach its request: nobody else waits for this thread.
            recover(group, e);
        }
    }

    private void recover(List<Request> group, Throwable failure) {
        if (group.size() == 1) {
            group.get(0).scores.completeExceptionally(failure);
            return;
        }
        if (isOutOfMemory(failure)) {
            tokensAtOnce = Math.max(1, tokensAtOnce / 2);
            LOG.warn("out of memory: at most {} tokens at once from now on", tokensAtOnce);
        }
        // One bad request must not fail its neighbours.
        int middle = group.size() / 2;
        score(group.subList(0, middle));
        score(group.subList(middle, group.size()));
    }

    private static boolean isOutOfMemory(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return failure instanceof OutOfMemoryError
                || message.contains("out of memory")
                || message.contains("allocate memory");
    }

    private static ScorerClosedException closedError() {
        return new ScorerClosedException();
    }
}
