package io.prefstream.generation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One text that is asked for.
 *
 * @param maxTokens tokens of the answer at most
 * @param stop the text ends before the first of these
 * @param seed decides every choice: the same seed, model and prompt give the same text
 * @param topLogProbabilities for each token its log-probability and those of so many of the most
 *     likely; empty asks for none
 * @param deadline from the start of the request to its end
 * @param client requests of different clients are served in turn
 */
public record GenerationRequest(
        Prompt prompt,
        Sampling sampling,
        int maxTokens,
        List<String> stop,
        long seed,
        Optional<Integer> topLogProbabilities,
        Optional<Duration> deadline,
        String client) {
    private static final int MOST_STOPS = 64;
    private static final int MOST_LOG_PROBABILITIES = 20;

    public GenerationRequest {
        stop = List.copyOf(stop);
        if (maxTokens < 1) {
            throw new IllegalArgumentException(
                    "max_tokens=%d must be at least 1".formatted(maxTokens));
        }
        if (stop.size() > MOST_STOPS || stop.contains("")) {
            throw new IllegalArgumentException(
                    "stop=%s must be at most %d texts, none of them empty"
                            .formatted(stop, MOST_STOPS));
        }
        int top = topLogProbabilities.orElse(0);
        if (top < 0 || top > MOST_LOG_PROBABILITIES) {
            throw new IllegalArgumentException(
                    "top_logprobs=%d must be from 0 to %d".formatted(top, MOST_LOG_PROBABILITIES));
        }
    }

    /** A text to continue, without stops, log-probabilities or deadline. */
    public static GenerationRequest of(String prompt, Sampling sampling, int maxTokens, long seed) {
        return new GenerationRequest(
                new Prompt.Text(prompt),
                sampling,
                maxTokens,
                List.of(),
                seed,
                Optional.empty(),
                Optional.empty(),
                "");
    }

    /** The same with stop strings. */
    public GenerationRequest withStop(List<String> stops) {
        return new GenerationRequest(
                prompt, sampling, maxTokens, stops, seed, topLogProbabilities, deadline, client);
    }

    /** The same with a deadline. */
    public GenerationRequest withDeadline(Duration within) {
        return new GenerationRequest(
                prompt,
                sampling,
                maxTokens,
                stop,
                seed,
                topLogProbabilities,
                Optional.of(within),
                client);
    }
}
