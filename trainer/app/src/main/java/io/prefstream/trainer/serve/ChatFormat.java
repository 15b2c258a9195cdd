package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.generation.Generation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Answers of {@code /v1/chat/completions}. */
final class ChatFormat extends AnswerFormat {

    ChatFormat(String id, long created, String model, boolean includeUsage) {
        super("chatcmpl-" + id, created, model, includeUsage);
    }

    @Override
    String object() {
        return "chat.completion";
    }

    @Override
    String chunkObject() {
        return "chat.completion.chunk";
    }

    @Override
    Optional<ObjectNode> begin(int index) {
        return Optional.of(
                chunk(
                        index,
                        choice ->
                                choice.putObject("delta")
                                        .put("role", "assistant")
                                        .put("content", "")));
    }

    @Override
    void putText(ObjectNode choice, String text) {
        choice.putObject("message")
                .put("role", "assistant")
                .put("content", text)
                .putNull("refusal");
    }

    @Override
    void putPiece(ObjectNode choice, String text) {
        ObjectNode delta = choice.putObject("delta");
        if (!text.isEmpty()) {
            delta.put("content", text);
        }
    }

    @Override
    JsonNode logProbabilities(List<Generation.TokenLogProbability> tokens) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode content = json.putArray("content");
        for (Generation.TokenLogProbability token : tokens) {
            ObjectNode one = content.addObject();
            put(one, token.token(), token.logProbability());
            ArrayNode top = one.putArray("top_logprobs");
            for (Generation.Alternative other : token.top()) {
                put(top.addObject(), other.token(), other.logProbability());
            }
        }
        json.putNull("refusal");
        return json;
    }

    /** A token that is a part of a character has no text to tell its bytes by. */
    private static void put(ObjectNode json, String token, double logProbability) {
        json.put("token", token).put("logprob", logProbability);
        if (token.indexOf('\ufffd') >= 0) {
            json.putNull("bytes");
        } else {
            ArrayNode bytes = json.putArray("bytes");
            for (byte one : token.getBytes(StandardCharsets.UTF_8)) {
                bytes.add(one & 0xff);
            }
        }
    }
}
