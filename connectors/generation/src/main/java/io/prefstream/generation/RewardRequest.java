package io.prefstream.generation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Responses whose rewards are asked together, so that the same weights give all of them.
 *
 * @param client requests of different clients are served in turn
 * @param deadline from the start of the request to its end
 */
public record RewardRequest(List<Text> texts, String client, Optional<Duration> deadline) {

    /** A response to a prompt. */
    public record Text(String prompt, String response) {}

    public RewardRequest {
        texts = List.copyOf(texts);
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("texts=[] must hold a response");
        }
    }

    /** Responses to one prompt, whenever they come. */
    public static RewardRequest of(String client, String prompt, List<String> responses) {
        return new RewardRequest(
                responses.stream().map(response -> new Text(prompt, response)).toList(),
                client,
                Optional.empty());
    }
}
