package io.prefstream.model.engine;

import io.prefstream.generation.FinishReason;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.model.tokenizer.CodeTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A generation as it comes, from the lanes. */
final class Answer implements TokenListener {
    final CompletableFuture<Generation> result = new CompletableFuture<>();
    private final GenerationRequest request;
    private final CodeTokenizer tokenizer;
    private final int promptTokens;
    private final Consumer<String> onText;
    private final TokenText text;
    private final List<Generation.TokenLogProbability> tokens = new ArrayList<>();
    private int count;
    private double logProbability;

    /**
     * @param onText told each new piece of the text
     */
    Answer(
            GenerationRequest request,
            CodeTokenizer tokenizer,
            int promptTokens,
            Consumer<String> onText) {
        this.request = request;
        this.tokenizer = tokenizer;
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
        try {
            tell(text.end());
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
            throw e;
        }
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
