package io.prefstream.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import io.prefstream.generation.ChatMessage;
import io.prefstream.model.files.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The chat template of a model folder: Jinja in {@code chat_template.jinja} or in {@code
 * tokenizer_config.json}, rendered with block trimming as transformers does.
 *
 * <p>Safe for many threads.
 */
public final class ChatTemplate {

    /**
     * The template of models that were never taught another one: messages as {@code PairEncoding}
     * writes prompt and response, an instruction closed by a line break, then the answer and the
     * end of sequence.
     */
    public static final String PLAIN =
            "{% for message in messages %}{{ message['content'] }}"
                    + "{% if message['role'] == 'assistant' %}{{ eos_token }}"
                    + "{% elif message['content'][-1:] != '\\n' %}{{ '\\n' }}{% endif %}"
                    + "{% endfor %}";

    private final String template;
    private final String beginOfSequence;
    private final String endOfSequence;
    private final Jinjava jinja;

    private ChatTemplate(String template, JsonNode config) {
        this.template = template;
        beginOfSequence = token(config.path("bos_token"));
        endOfSequence = token(config.path("eos_token"));
        jinja =
                new Jinjava(
                        JinjavaConfig.newBuilder()
                                .withTrimBlocks(true)
                                .withLstripBlocks(true)
                                .withLegacyOverrides(
                                        LegacyOverrides.newBuilder()
                                                .withUsePyishObjectMapper(true)
                                                .withKeepNullableLoopValues(true)
                                                .withParseWhitespaceControlStrictly(true)
                                                .build())
                                .build());
        jinja.registerFunction(
                new ELFunctionDefinition(
                        "", "raise_exception", ChatTemplate.class, "refuse", String.class));
    }

    /**
     * Reads a folder's template; empty when it has none.
     *
     * @throws IOException if a file can't be read or is no JSON
     */
    public static Optional<ChatTemplate> read(Path folder) throws IOException {
        Path file = folder.resolve("tokenizer_config.json");
        JsonNode config = Files.exists(file) ? JsonFile.read(file) : MissingNode.getInstance();
        Path own = folder.resolve("chat_template.jinja");
        if (Files.exists(own)) {
            return Optional.of(new ChatTemplate(Files.readString(own), config));
        }
        JsonNode given = config.path("chat_template");
        if (given.isTextual()) {
            return Optional.of(new ChatTemplate(given.asText(), config));
        }
        for (JsonNode named : given) {
            if (named.path("name").asText().equals("default")) {
                return Optional.of(new ChatTemplate(named.path("template").asText(), config));
            }
        }
        return Optional.empty();
    }

    /**
     * The conversation as one text that ends where the assistant's answer begins. Special tokens
     * are in it: none is to be added when it is encoded.
     *
     * @throws IllegalArgumentException if the template refuses the conversation, or can't be
     *     rendered
     */
    public String render(List<ChatMessage> messages) {
        Map<String, Object> variables = new HashMap<>();
        variables.put(
                "messages",
                messages.stream()
                        .map(m -> Map.of("role", m.role(), "content", m.content()))
                        .toList());
        variables.put("add_generation_prompt", true);
        variables.put("bos_token", beginOfSequence);
        variables.put("eos_token", endOfSequence);
        RenderResult result = jinja.renderForResult(template, variables);
        for (TemplateError error : result.getErrors()) {
            if (error.getSeverity() == TemplateError.ErrorType.FATAL) {
                throw new IllegalArgumentException("chat template: " + innermost(error));
            }
        }
        return result.getOutput();
    }

    /** What {@code raise_exception} of a template calls. */
    public static String refuse(String message) {
        throw new IllegalArgumentException(message);
    }

    /** What a template refuses with is wrapped by what called it. */
    private static String innermost(TemplateError error) {
        String message = error.getMessage();
        for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException && cause.getMessage() != null) {
                message = cause.getMessage();
            }
        }
        return message;
    }

    /** A token's text, which some files wrap in an object. */
    static String token(JsonNode node) {
        return node.isObject() ? node.path("content").asText("") : node.asText("");
    }
}
