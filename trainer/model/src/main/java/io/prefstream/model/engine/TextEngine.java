package io.prefstream.model.engine;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.TextGenerator;
import io.prefstream.model.EncodedText;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.tokenizer.CodeTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A model folder in this process: generates and scores texts of many callers at once, by continuous
 * batching.
 *
 * <p>A prompt begins with the beginning of sequence, once, if its family has one; a conversation is
 * what the folder's chat template makes of it. Scores are of {@code prompt + "\n"}, response and
 * end of sequence, as in training. An answer that would exceed the context ends there.
 *
 * <p>The same seed, weights and prompt give the same text whatever else is in the batch: products
 * with 16-bit weights are the same to the last bit in every batch; attention may differ in the last
 * bits, so that a choice could differ where two tokens are equally likely within 1e-6 or so.
 */
public final class TextEngine implements TextGenerator {
    private final CodeTokenizer tokenizer;
    private final GenerationEngine engine;
    private volatile ModelTexts texts;

    /** Callers encode under its read lock, so that the tokenizer is not freed under them. */
    private final ReadWriteLock encoders = new ReentrantReadWriteLock();

    private boolean closed;

    /**
     * Loads a folder.
     *
     * @param revision told with each answer
     */
    public TextEngine(Path folder, String revision, EngineOptions options) throws IOException {
        ModelBundle bundle = ModelBundle.open(folder);
        tokenizer = bundle.tokenizer();
        try {
            texts = ModelTexts.read(bundle, tokenizer);
            engine = new GenerationEngine(bundle.config(), folder, revision, options);
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** Of the model that answers what is asked from now on. */
    public ModelConfig config() {
        return texts.config();
    }

    public EngineMetrics metrics() {
        return engine.metrics();
    }

    @Override
    public String model() {
        return engine.revision();
    }

    /** Why nothing is served any more, in one line; empty while the engine works. */
    public Optional<String> outOfService() {
        return engine.outOfService().map(why -> String.valueOf(why.getMessage()));
    }

    @Override
    public CompletableFuture<Generation> generate(
            GenerationRequest request, Consumer<String> onText) {
        ModelTexts current = texts;
        if (!current.config().hasLanguageHead()) {
            return refused("the model has no language head: it scores, it does not generate");
        }
        int[] prompt;
        try {
            prompt = encoding(() -> current.encode(request.prompt()));
        } catch (GenerationException e) {
            return CompletableFuture.failedFuture(e);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(
                    new GenerationException(String.valueOf(e.getMessage()), e));
        }
        int room = context() - prompt.length;
        if (prompt.length == 0) {
            return refused("the prompt is empty");
        }
        if (room < 1) {
            return refused(
                    "a prompt of %d tokens leaves no room in the context of %d"
                            .formatted(prompt.length, context()));
        }
        Answer answer = new Answer(request, tokenizer, prompt.length, onText);
        Sequence.Continue work =
                new Sequence.Continue(
                        request.sampling(),
                        Math.min(request.maxTokens(), room),
                        current.ends(),
                        request.seed(),
                        request.topLogProbabilities().orElse(-1),
                        answer);
        submit(
                new Sequence(
                        prompt,
                        work,
                        request.client(),
                        System.nanoTime(),
                        deadline(request.deadline())),
                answer.result);
        return answer.result;
    }

    /** Reward and log-likelihood of a response, of nobody in particular, whenever it comes. */
    public CompletableFuture<TextScore> score(String prompt, String response) {
        return score(ScoreRequest.of(prompt, response));
    }

    /**
     * Reward and log-likelihood of a response.
     *
     * <p>The future fails with {@link GenerationException} when the text exceeds the context.
     */
    public CompletableFuture<TextScore> score(ScoreRequest request) {
        return score(request, true);
    }

    /** Rewards of two responses to one prompt, by one and the same weights. */
    public CompletableFuture<PairScore> scorePair(String prompt, String chosen, String rejected) {
        CompletableFuture<List<TextScore>> scores =
                OneModel.scores(
                        () ->
                                List.of(
                                        score(ScoreRequest.of(prompt, chosen), false),
                                        score(ScoreRequest.of(prompt, rejected), false)));
        CompletableFuture<PairScore> pair =
                scores.thenApply(both -> PairScore.of(both.get(0), both.get(1)));
        // Whoever gives the pair up gives both up.
        pair.whenComplete((score, failure) -> scores.cancel(false));
        return pair;
    }

    /**
     * As {@link #score(ScoreRequest)}.
     *
     * @param wanted whether the log-likelihood is, which costs more than a reward; a model without
     *     a reward head gives it in any case
     */
    public CompletableFuture<TextScore> score(ScoreRequest request, boolean wanted) {
        ModelTexts current = texts;
        boolean reward = current.config().heads().reward();
        boolean likelihood = current.config().hasLanguageHead() && (wanted || !reward);
        EncodedText text;
        try {
            text = encoding(() -> current.pairs().encode(request.prompt(), request.response()));
        } catch (GenerationException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (text.length() > context()) {
            return refused(
                    "a text of %d tokens exceeds the context of %d"
                            .formatted(text.length(), context()));
        }
        CompletableFuture<TextScore> result = new CompletableFuture<>();
        ScoreListener listener =
                new ScoreListener() {
                    @Override
                    public void scored(double logLikelihood, float given, String model) {
                        result.complete(
                                new TextScore(
                                        given,
                                        likelihood ? logLikelihood : Double.NaN,
                                        text.length(),
                                        text.length() - text.promptTokens(),
                                        model));
                    }

                    @Override
                    public void failed(Throwable why) {
                        result.completeExceptionally(why);
                    }
                };
        int from = likelihood ? text.promptTokens() : text.length();
        submit(
                new Sequence(
                        text.ids(),
                        new Sequence.Score(from, reward, listener),
                        request.client(),
                        System.nanoTime(),
                        deadline(request.deadline())),
                result);
        return result;
    }

    /**
     * Moves to another folder: what runs finishes on the old weights, what waits starts on the new
     * ones. The engine holds both until then. Of what is asked from now on the new folder's chat
     * template, context and ends count; what waits was encoded by the old one's.
     *
     * @throws IOException if the folder can't be read, or has another tokenizer, one with tokens
     *     that its model lacks, other heads or special tokens, another beginning of prompts, or a
     *     shorter context; nothing changes
     */
    public synchronized void reload(Path folder, String revision) throws IOException {
        ModelTexts next;
        encoders.readLock().lock();
        try {
            if (closed) {
                throw new EngineClosedException(null);
            }
            next = texts.successor(ModelBundle.open(folder));
        } finally {
            encoders.readLock().unlock();
        }
        engine.reload(next.config(), folder, revision);
        texts = next;
    }

    @Override
    public void close() {
        engine.close();
        encoders.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                tokenizer.close();
            }
        } finally {
            encoders.writeLock().unlock();
        }
    }

    /** Tokens that prompt and answer have at most. */
    private int context() {
        return Math.min(config().maxPositionEmbeddings(), engine.capacity());
    }

    private <T> T encoding(Supplier<T> work) {
        encoders.readLock().lock();
        try {
            if (closed) {
                throw new EngineClosedException(null);
            }
            return work.get();
        } finally {
            encoders.readLock().unlock();
        }
    }

    private void submit(Sequence sequence, CompletableFuture<?> result) {
        try {
            engine.submit(sequence);
        } catch (GenerationException e) {
            result.completeExceptionally(e);
            return;
        }
        result.whenComplete(
                (value, failure) -> {
                    if (result.isCancelled()) {
                        engine.cancel(sequence);
                    }
                });
    }

    private static long deadline(Optional<Duration> within) {
        return within.map(d -> System.nanoTime() + d.toNanos()).orElse(Long.MAX_VALUE);
    }

    private static <T> CompletableFuture<T> refused(String message) {
        return CompletableFuture.failedFuture(new GenerationException(message));
    }
}
