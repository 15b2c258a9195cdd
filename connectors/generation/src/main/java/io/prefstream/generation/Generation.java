package io.prefstream.generation;

import java.util.List;

/**
 * A text and how it came about.
 *
 * @param text without the stop string
 * @param promptTokens 0 if a server didn't tell
 * @param completionTokens 0 if a server didn't tell
 * @param meanLogProbability of the generated tokens (nats), under the model's distribution before
 *     the temperature; NaN if a server gave none, as it does when none were asked for
 * @param tokens log-probabilities, when they were asked for
 * @param model name and revision of what answered
 */
public record Generation(
        String text,
        FinishReason finishReason,
        int promptTokens,
        int completionTokens,
        double meanLogProbability,
        List<TokenLogProbability> tokens,
        String model) {
    public Generation {
        tokens = List.copyOf(tokens);
    }

    /**
     * A token that was chosen.
     *
     * @param top the most likely tokens in its place, best first
     */
    public record TokenLogProbability(String token, double logProbability, List<Alternative> top) {
        public TokenLogProbability {
            top = List.copyOf(top);
        }
    }

    /** A token that could have been chosen. */
    public record Alternative(String token, double logProbability) {}
}
