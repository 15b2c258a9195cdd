package io.prefstream.model.engine;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.generation.FinishReason;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.TextGenerator;
import io.prefstream.model.EncodedText;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.PairEncoding;
import io.prefstream.model.files.JsonFile;
import io.prefstream.model.tokenizer.ChatTemplate;
import io.prefstream.model.tokenizer.CodeTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    private final ModelConfig config;
    private final CodeTokenizer tokenizer;
    private final Path tokenizerFile;
    private final Optional<ChatTemplate> template;
    private final PairEncoding encoding;
    private final Set<Integer> ends;
    private final GenerationEngine engine;

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
        config = bundle.config();
        template = ChatTemplate.read(folder);
        ends = ends(config, folder);
        tokenizerFile = folder.resolve(ModelBundle.TOKENIZER);
        tokenizer = bundle.tokenizer();
        encoding = new PairEncoding(tokenizer, config.eosTokenId(), config.maxPositionEmbeddings());
        try {
            engine = new GenerationEngine(config, folder, revision, options);
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    public ModelConfig config() {
        return config;
    }

    public EngineMetrics metrics() {
        return engine.metrics();
    }

    @Override
    public String model() {
        return engine.revision();
    }

    @Override
    public CompletableFuture<Generation> generate(
            GenerationRequest request, Consumer<String> onText) {
        if (!config.hasLanguageHead()) {
            return refused("the model has no language head: it scores, it does not generate");
        }
        int[] prompt;
        try {
            prompt = encoding(() -> encode(request.prompt()));
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
        Answer answer = new Answer(request, prompt.length, onText);
        Sequence.Continue work =
                new Sequence.Continue(
                        request.sampling(),
                        Math.min(request.maxTokens(), room),
                        ends,
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

    /**
     * Reward and log-likelihood of a response.
     *
     * <p>The future fails with {@link GenerationException} when the text exceeds the context.
     */
    public CompletableFuture<TextScore> score(String prompt, String response) {
        return score(prompt, response, config.hasLanguageHead());
    }

    /** Rewards of two responses to one prompt, by one and the same weights. */
    public CompletableFuture<PairScore> scorePair(String prompt, String chosen, String rejected) {
        return score(prompt, chosen, false)
                .thenCombine(score(prompt, rejected, false), PairScore::of)
                .thenCompose(
                        pair ->
                                pair.isPresent()
                                        ? CompletableFuture.completedFuture(pair.get())
                                        // Other weights came between the two.
                                        : scorePair(prompt, chosen, rejected));
    }

    private CompletableFuture<TextScore> score(String prompt, String response, boolean likelihood) {
        EncodedText text;
        try {
            text = encoding(() -> encoding.encode(prompt, response));
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
                    public void scored(double logLikelihood, float reward, String model) {
                        result.complete(
                                new TextScore(
                                        reward,
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
                        new Sequence.Score(from, config.heads().reward(), listener),
                        "",
                        System.nanoTime(),
                        Long.MAX_VALUE),
                result);
        return result;
    }

    /**
     * Moves to other weights of the same shape of vocabulary: what runs finishes on the old ones,
     * what waits starts on the new ones. The engine holds both until then.
     *
     * @throws IOException if the folder can't be read or has another tokenizer; nothing changes
     */
    public void reload(Path folder, String revision) throws IOException {
        ModelBundle bundle = ModelBundle.open(folder);
        if (Files.mismatch(folder.resolve(ModelBundle.TOKENIZER), tokenizerFile) >= 0) {
            throw new IOException("%s has another tokenizer; start anew".formatted(folder));
        }
        ModelConfig other = bundle.config();
        if (other.maxPositionEmbeddings() < config.maxPositionEmbeddings()
                || other.heads() != config.heads()
                || !other.tokens().equals(config.tokens())) {
            throw new IOException(
                    "%s has other heads, special tokens or a shorter context; start anew"
                            .formatted(folder));
        }
        engine.reload(other, folder, revision);
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
        return Math.min(config.maxPositionEmbeddings(), engine.capacity());
    }

    private <T> T encoding(Supplier<T> work) {
        encoders.readLock().lock();
        try {
            if (closed) {
                throw new GenerationException("the engine is closed");
            }
            return work.get();
        } finally {
            encoders.readLock().unlock();
        }
    }

    private int[] encode(Prompt prompt) {
        if (prompt instanceof Prompt.Text text) {
            return tokenizer.encodePrompt(text.text());
        }
        Prompt.Chat chat = (Prompt.Chat) prompt;
        String text =
                template.orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "the model has no chat template: ask for a"
                                                        + " completion"))
                        .render(chat.messages());
        return tokenizer.encode(text);
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

    /** Ends of sequence of {@code config.json} and {@code generation_config.json}. */
    private static Set<Integer> ends(ModelConfig config, Path folder) throws IOException {
        Set<Integer> ends = new HashSet<>(config.tokens().endOfSequence());
        Path file = folder.resolve("generation_config.json");
        if (Files.exists(file)) {
            JsonNode more = JsonFile.read(file).path("eos_token_id");
            if (more.isInt()) {
                ends.add(more.intValue());
            }
            more.forEach(end -> ends.add(end.intValue()));
        }
        return Set.copyOf(ends);
    }

    /** A generation as it comes, from the lanes. */
    private final class Answer implements TokenListener {
        final CompletableFuture<Generation> result = new CompletableFuture<>();
        private final GenerationRequest request;
        private final int promptTokens;
        private final Consumer<String> onText;
        private final TokenText text;
        private final List<Generation.TokenLogProbability> tokens = new ArrayList<>();
        private int count;
        private double logProbability;

        Answer(GenerationRequest request, int promptTokens, Consumer<String> onText) {
            this.request = request;
            this.promptTokens = promptTokens;
            this.onText = onText;
            text = new TokenText(tokenizer, request.stop());
        }

        @Override
        public boolean token(Chosen chosen, List<Chosen> top) {
            count++;
            logProbability += chosen.logProbability();
            if (request.topLogProbabilities().isPresent()) {
                tokens.add(
                        new Generation.TokenLogProbability(
                                name(chosen),
                                chosen.logProbability(),
                                top.stream()
                                        .map(
                                                t ->
                                                        new Generation.Alternative(
                                                                name(t), t.logProbability()))
                                        .toList()));
            }
            tell(text.add(chosen.token()));
            return text.stopped();
        }

        @Override
        public void finished(FinishReason reason, String model) {
            tell(text.end());
            result.complete(
                    new Generation(
                            text.text(),
                            text.stopped() ? FinishReason.STOP : reason,
                            promptTokens,
                            count,
                            count == 0 ? 0 : logProbability / count,
                            tokens,
                            model));
        }

        @Override
        public void failed(Throwable why) {
            result.completeExceptionally(why);
        }

        private String name(Chosen chosen) {
            return tokenizer.decode(new int[] {chosen.token()});
        }

        private void tell(String fresh) {
            if (!fresh.isEmpty() && !result.isDone()) {
                onText.accept(fresh);
            }
        }
    }
}
