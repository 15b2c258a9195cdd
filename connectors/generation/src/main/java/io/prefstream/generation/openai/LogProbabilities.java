package io.prefstream.generation.openai;

import com.openai.core.JsonField;
import com.openai.core.JsonNumber;
import com.openai.core.JsonValue;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import com.openai.models.completions.CompletionChoice;
import io.prefstream.generation.Generation.Alternative;
import io.prefstream.generation.Generation.TokenLogProbability;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tokens and their log-probabilities in the shapes that servers give them. What isn't there or has
 * another shape is left out: it was a wish, and the text is worth more.
 */
final class LogProbabilities {
    private static final Comparator<Alternative> BEST_FIRST =
            Comparator.comparingDouble(Alternative::logProbability).reversed();

    private LogProbabilities() {}

    /**
     * Of {@code /completions}: parallel lists, or, from llama.cpp, the list of {@code
     * /chat/completions}.
     *
     * @param top alternatives that were asked for; some servers add the chosen token to them
     */
    static List<TokenLogProbability> of(CompletionChoice.Logprobs given, int top) {
        JsonValue likeChat = given._additionalProperties().get("content");
        if (likeChat != null) {
            return ofJson(likeChat, top);
        }
        List<String> tokens = known(given._tokens());
        List<Double> chosen = known(given._tokenLogprobs());
        List<CompletionChoice.Logprobs.TopLogprob> others = known(given._topLogprobs());
        return IntStream.range(0, Math.min(tokens.size(), chosen.size()))
                .filter(i -> tokens.get(i) != null && chosen.get(i) != null)
                .mapToObj(
                        i ->
                                new TokenLogProbability(
                                        tokens.get(i),
                                        chosen.get(i),
                                        i < others.size() && others.get(i) != null
                                                ? best(others.get(i), top)
                                                : List.of()))
                .toList();
    }

    /** Of {@code /chat/completions}. */
    static List<TokenLogProbability> of(List<ChatCompletionTokenLogprob> given, int top) {
        return given.stream()
                .map(
                        token ->
                                new TokenLogProbability(
                                        token.token(),
                                        token.logprob(),
                                        known(token._topLogprobs()).stream()
                                                .map(t -> new Alternative(t.token(), t.logprob()))
                                                .sorted(BEST_FIRST)
                                                .limit(top)
                                                .toList()))
                .toList();
    }

    private static List<TokenLogProbability> ofJson(JsonValue list, int top) {
        try {
            ChatCompletionTokenLogprob[] tokens = list.convert(ChatCompletionTokenLogprob[].class);
            return tokens == null ? List.of() : of(List.of(tokens), top);
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    private static List<Alternative> best(CompletionChoice.Logprobs.TopLogprob others, int top) {
        List<Alternative> best = new ArrayList<>();
        others._additionalProperties()
                .forEach(
                        (token, value) -> {
                            if (value instanceof JsonNumber number) {
                                best.add(new Alternative(token, number.value().doubleValue()));
                            }
                        });
        return best.stream().sorted(BEST_FIRST).limit(top).toList();
    }

    private static <T> List<T> known(JsonField<List<T>> field) {
        return field.asKnown().orElse(List.of());
    }
}
