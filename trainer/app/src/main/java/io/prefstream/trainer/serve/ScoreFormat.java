package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.model.engine.TextScore;

/** Scores as JSON, the same on the command line and over HTTP. */
final class ScoreFormat {
    private ScoreFormat() {}

    /** Adds a score's fields, their names behind a prefix. */
    static ObjectNode put(ObjectNode json, String prefix, TextScore score) {
        number(json, prefix + "reward", score.reward());
        number(json, prefix + "log_likelihood", score.logLikelihood());
        return json.put(prefix + "tokens", score.tokens())
                .put(prefix + "response_tokens", score.responseTokens());
    }

    /** JSON has no NaN: what isn't known is null. */
    static void number(ObjectNode json, String field, double value) {
        if (Double.isNaN(value)) {
            json.putNull(field);
        } else {
            json.put(field, value);
        }
    }
}
