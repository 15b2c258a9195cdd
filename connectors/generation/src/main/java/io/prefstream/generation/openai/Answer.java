package io.prefstream.generation.openai;

import io.prefstream.generation.FinishReason;
import io.prefstream.generation.Generation;
import io.prefstream.generation.Generation.TokenLogProbability;
import io.prefstream.generation.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one try's stream has brought so far. A surrogate pair that a server split is told when it is
 * whole. Used by one thread.
 */
final class Answer {
    /** Servers may end a text within a token or two of what was asked for. */
    private static final int GRACE = 16;

    private final long maxChars;
    private final int maxTokens;
    private final Consumer<String> tell;
    private final StringBuilder text = new StringBuilder();
    private final List<TokenLogProbability> tokens = new ArrayList<>();
    private int told;
    private @Nullable String id;
    private @Nullable String model;
    private @Nullable FinishReason reason;
    private boolean counted;
    private boolean countedWhole;
    private int promptTokens;
    private int completionTokens;

    /**
     * @param tell takes the text as it comes
     */
    Answer(GenerationRequest request, int maxCharsPerToken, Consumer<String> tell) {
        maxTokens = request.maxTokens();
        maxChars = ((long) maxTokens + GRACE) * maxCharsPerToken;
        this.tell = tell;
    }

    /**
     * Takes a chunk's marks. Empty ones say nothing: some servers leave them out here and there.
     *
     * @param newId of the answer
     * @param newModel that writes it, under whatever name the server knows it
     * @throws TryFailedException if they are another answer's than those of an earlier chunk
     */
    void of(Optional<String> newId, Optional<String> newModel) throws TryFailedException {
        id = same("id", id, newId);
        model = same("model", model, newModel);
    }

    private static @Nullable String same(
            String field, @Nullable String known, Optional<String> given)
            throws TryFailedException {
        if (given.isEmpty() || given.get().isEmpty()) {
            return known;
        }
        if (known != null && !known.equals(given.get())) {
            throw TryFailedException.passing(
                    "a chunk of %s=%s in the answer of %s=%s"
                            .formatted(field, given.get(), field, known),
                    null);
        }
        return given.get();
    }

    /**
     * Adds text.
     *
     * @throws TryFailedException if it is longer than what was asked for can be
     */
    void text(String fresh) throws TryFailedException {
        if (text.length() + (long) fresh.length() > maxChars) {
            throw TryFailedException.passing(
                    "an answer of more than %,d chars for max_tokens=%d exceeds max-chars-per-token"
                            .formatted(maxChars, maxTokens),
                    null);
        }
        text.append(fresh);
        int whole = text.length();
        if (whole > 0 && Character.isHighSurrogate(text.charAt(whole - 1))) {
            whole--;
        }
        tellUpTo(whole);
    }

    /**
     * Adds a token's probabilities.
     *
     * @throws TryFailedException if there are more tokens than were asked for
     */
    void token(TokenLogProbability token) throws TryFailedException {
        if (tokens.size() >= maxTokens + GRACE) {
            throw TryFailedException.passing(
                    "more than %d tokens for max_tokens=%d".formatted(tokens.size(), maxTokens),
                    null);
        }
        tokens.add(token);
    }

    /**
     * The text is whole.
     *
     * @throws TryFailedException if a server ended it for a reason that leaves no answer
     */
    void finish(String why) throws TryFailedException {
        reason =
                switch (why) {
                    case "stop", "eos_token", "stop_sequence" -> FinishReason.STOP;
                    case "length" -> FinishReason.LENGTH;
                    case "abort", "error" ->
                            throw TryFailedException.passing(
                                    "the server gave up: finish_reason=" + why, null);
                    default ->
                            throw TryFailedException.lasting(
                                    "finish_reason=%s is neither stop nor length".formatted(why));
                };
    }

    /** Counts tokens; some servers do it all along. */
    void usage(long prompt, long completion) {
        counted = true;
        countedWhole = finished();
        promptTokens = Math.toIntExact(Math.max(0, Math.min(prompt, Integer.MAX_VALUE)));
        completionTokens = Math.toIntExact(Math.max(0, Math.min(completion, Integer.MAX_VALUE)));
    }

    /** Whether the text is whole; tokens may be counted yet. */
    boolean finished() {
        return reason != null;
    }

    /** Whether nothing more is to come that we want. */
    boolean complete() {
        return finished() && countedWhole;
    }

    /**
     * The whole.
     *
     * @throws TryFailedException if the stream ended before the text
     */
    Generation generation(String model) throws TryFailedException {
        FinishReason why = reason;
        if (why == null) {
            throw TryFailedException.passing(
                    "the stream ended after %d chars without a finish_reason"
                            .formatted(text.length()),
                    null);
        }
        tellUpTo(text.length());
        return new Generation(
                text.toString(),
                why,
                promptTokens,
                counted ? completionTokens : tokens.size(),
                tokens.stream()
                        .mapToDouble(TokenLogProbability::logProbability)
                        .average()
                        .orElse(Double.NaN),
                tokens,
                model);
    }

    private void tellUpTo(int end) {
        if (end > told) {
            String fresh = text.substring(told, end);
            told = end;
            tell.accept(fresh);
        }
    }
}
