package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.generation.Generation;
import java.util.List;
import java.util.Optional;

/** Answers of {@code /v1/completions}. */
final class CompletionFormat extends AnswerFormat {

    CompletionFormat(String id, long created, String model, boolean includeUsage) {
        super("cmpl-" + id, created, model, includeUsage);
    }

    @Override
    String object() {
        return "text_completion";
    }

    @Override
    String chunkObject() {
        return "text_completion";
    }

    @Override
    Optional<ObjectNode> begin(int index) {
        return Optional.empty();
    }

    @Override
    void putText(ObjectNode choice, String text) {
        choice.put("text", text);
    }

    @Override
    void putPiece(ObjectNode choice, String text) {
        choice.put("text", text);
    }

    /**
     * Offsets are characters of the answer; of alternatives that read alike the likeliest stays.
     */
    @Override
    JsonNode logProbabilities(List<Generation.TokenLogProbability> tokens) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode texts = json.putArray("tokens");
        ArrayNode probabilities = json.putArray("token_logprobs");
        ArrayNode tops = json.putArray("top_logprobs");
        ArrayNode offsets = json.putArray("text_offset");
        int offset = 0;
        for (Generation.TokenLogProbability token : tokens) {
            texts.add(token.token());
            probabilities.add(token.logProbability());
            ObjectNode top = tops.addObject();
            for (Generation.Alternative other : token.top()) {
                if (!top.has(other.token())) {
                    top.put(other.token(), other.logProbability());
                }
            }
            offsets.add(offset);
            offset += token.token().length();
        }
        if (tokens.get(0).top().isEmpty()) {
            json.putNull("top_logprobs");
        }
        return json;
    }
}
