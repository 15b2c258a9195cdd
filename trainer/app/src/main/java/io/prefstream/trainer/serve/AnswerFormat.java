package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.generation.Generation;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One answer as OpenAI's clients read it, whole or as the chunks of a stream. Log-probabilities of
 * a stream are all in the last chunk of their choice.
 */
abstract sealed class AnswerFormat permits CompletionFormat, ChatFormat {
    static final ObjectMapper JSON = new ObjectMapper();

    private final String id;
    private final long created;
    private final String model;
    private final boolean includeUsage;

    /**
     * @param created seconds since 1970
     * @param includeUsage whether chunks have a usage, which is null but in the last
     */
    AnswerFormat(String id, long created, String model, boolean includeUsage) {
        this.id = id;
        this.created = created;
        this.model = model;
        this.includeUsage = includeUsage;
    }

    /** The whole answer. */
    final ObjectNode whole(List<Generation> generations, int perPrompt) {
        ObjectNode json = envelope(object(), generations.get(0).model());
        ArrayNode choices = json.putArray("choices");
        for (int i = 0; i < generations.size(); i++) {
            Generation generation = generations.get(i);
            ObjectNode choice = choices.addObject().put("index", i);
            putText(choice, generation.text());
            end(choice, generation);
        }
        json.set("usage", usage(generations, perPrompt));
        return json;
    }

    /** What a choice's chunks begin with; empty for nothing. */
    abstract Optional<ObjectNode> begin(int index);

    /** A piece of a choice's text. */
    final ObjectNode piece(int index, String text) {
        return chunk(index, choice -> putPiece(choice, text));
    }

    /** The end of a choice. */
    final ObjectNode end(int index, Generation generation) {
        return chunk(
                index,
                choice -> {
                    putPiece(choice, "");
                    end(choice, generation);
                });
    }

    /** The last chunk of a stream that was asked to tell. */
    final ObjectNode usageChunk(List<Generation> generations, int perPrompt) {
        ObjectNode json = envelope(chunkObject(), model);
        json.putArray("choices");
        json.set("usage", usage(generations, perPrompt));
        return json;
    }

    abstract String object();

    abstract String chunkObject();

    abstract void putText(ObjectNode choice, String text);

    abstract void putPiece(ObjectNode choice, String text);

    abstract JsonNode logProbabilities(List<Generation.TokenLogProbability> tokens);

    final ObjectNode chunk(int index, Consumer<ObjectNode> content) {
        ObjectNode json = envelope(chunkObject(), model);
        ObjectNode choice = json.putArray("choices").addObject().put("index", index);
        content.accept(choice);
        if (!choice.has("finish_reason")) {
            choice.putNull("logprobs");
            choice.putNull("finish_reason");
        }
        if (includeUsage) {
            json.putNull("usage");
        }
        return json;
    }

    private ObjectNode envelope(String object, String answered) {
        return JSON.createObjectNode()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", answered);
    }

    private void end(ObjectNode choice, Generation generation) {
        if (generation.tokens().isEmpty()) {
            choice.putNull("logprobs");
        } else {
            choice.set("logprobs", logProbabilities(generation.tokens()));
        }
        choice.put("finish_reason", generation.finishReason().name().toLowerCase(Locale.ROOT));
    }

    /** Prompts count once, however many choices they have. */
    private static ObjectNode usage(List<Generation> generations, int perPrompt) {
        int prompt = 0;
        int completion = 0;
        for (int i = 0; i < generations.size(); i++) {
            prompt += i % perPrompt == 0 ? generations.get(i).promptTokens() : 0;
            completion += generations.get(i).completionTokens();
        }
        return JSON.createObjectNode()
                .put("prompt_tokens", prompt)
                .put("completion_tokens", completion)
                .put("total_tokens", prompt + completion);
    }
}
