package io.prefstream.generation.openai;

import com.openai.core.JsonValue;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.CompletionCreateParams;
import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.Sampling;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Requests as they travel.
 *
 * <p>What isn't OpenAI's ({@code top_k}, {@code min_p}, {@code repetition_penalty}), and {@code
 * top_p}, which TGI refuses to be told is 1, is sent only when it differs from the value that
 * changes nothing: hosted services refuse fields that they don't know. A server that has defaults
 * of its own uses them instead: start vLLM with {@code --generation-config vllm}.
 *
 * <p>The seed travels as its low 31 bits, the widest that every server takes. The length is {@code
 * max_tokens}, which all of them know; OpenAI's reasoning models alone do not.
 */
final class RequestBodies {

    private RequestBodies() {}

    static CompletionCreateParams completion(
            Prompt.Text prompt, GenerationRequest request, String model) {
        CompletionCreateParams.Builder body =
                CompletionCreateParams.builder().model(model).prompt(prompt.text());
        request.topLogProbabilities().ifPresent(top -> body.logprobs((long) top));
        return body.putAllAdditionalBodyProperties(common(request)).build();
    }

    /**
     * @throws GenerationException if a role is none that we know
     */
    static ChatCompletionCreateParams chat(
            Prompt.Chat prompt, GenerationRequest request, String model) {
        ChatCompletionCreateParams.Builder body = ChatCompletionCreateParams.builder().model(model);
        for (ChatMessage message : prompt.messages()) {
            switch (message.role()) {
                case "system" -> body.addSystemMessage(message.content());
                case "user" -> body.addUserMessage(message.content());
                case "assistant" -> body.addAssistantMessage(message.content());
                default ->
                        throw new GenerationException(
                                "role=%s is none of system, user and assistant"
                                        .formatted(message.role()));
            }
        }
        request.topLogProbabilities().ifPresent(top -> body.logprobs(true).topLogprobs((long) top));
        return body.putAllAdditionalBodyProperties(common(request)).build();
    }

    private static Map<String, JsonValue> common(GenerationRequest request) {
        Sampling sampling = request.sampling();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("max_tokens", request.maxTokens());
        fields.put("temperature", sampling.temperature());
        fields.put("seed", request.seed() & Integer.MAX_VALUE);
        fields.put("stream_options", Map.of("include_usage", true));
        if (!request.stop().isEmpty()) {
            fields.put("stop", request.stop());
        }
        if (sampling.topP() != 1) {
            fields.put("top_p", sampling.topP());
        }
        if (sampling.topK() != 0) {
            fields.put("top_k", sampling.topK());
        }
        if (sampling.minP() != 0) {
            fields.put("min_p", sampling.minP());
        }
        if (sampling.repetitionPenalty() != 1) {
            fields.put("repetition_penalty", sampling.repetitionPenalty());
        }
        Map<String, JsonValue> json = new LinkedHashMap<>();
        fields.forEach((name, value) -> json.put(name, JsonValue.from(value)));
        return json;
    }
}
