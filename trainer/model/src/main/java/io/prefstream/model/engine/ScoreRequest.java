package io.prefstream.model.engine;

import java.time.Duration;
import java.util.Optional;

/**
 * A response whose score is asked.
 *
 * @param client requests of different clients are served in turn
 * @param deadline from the start of the request to its end
 */
public record ScoreRequest(
        String prompt, String response, String client, Optional<Duration> deadline) {

    /** Of nobody in particular, whenever it comes. */
    public static ScoreRequest of(String prompt, String response) {
        return new ScoreRequest(prompt, response, "", Optional.empty());
    }
}
