package io.prefstream.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import io.prefstream.generation.ChatMessage;
import io.prefstream.model.files.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The chat template of a model folder: Jinja in {@code chat_template.jinja} or in {@code
 * tokenizer_config.json}, rendered as transformers does. A message's text is put in as it is,
 * whatever it looks like. What can't be rendered as there is an error, never another text.
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

    private static final String OWN_FILE = "chat_template.jinja";
    private static final String CONFIG = "tokenizer_config.json";

    private final String template;
    private final String file;
    private final String beginOfSequence;
    private final String endOfSequence;
    private final ChatJinja jinja;

    private ChatTemplate(String template, String file, JsonNode config, Clock clock) {
        // Jinja2 drops the line end at a template's end.
        this.template =
                template.endsWith("\n") ? template.substring(0, template.length() - 1) : template;
        this.file = file;
        beginOfSequence = token(config.path("bos_token"));
        endOfSequence = token(config.path("eos_token"));
        jinja = new ChatJinja(clock);
    }

    /**
     * Reads a folder's template; empty when it has none. Templates that ask for the date get
     * today's.
     *
     * @throws IOException if a file can't be read or is no JSON
     */
    public static Optional<ChatTemplate> read(Path folder) throws IOException {
        return read(folder, Clock.systemDefaultZone());
    }

    /**
     * Reads a folder's template; empty when it has none.
     *
     * @param clock the date and time for templates that ask for it
     * @throws IOException if a file can't be read or is no JSON
     */
    public static Optional<ChatTemplate> read(Path folder, Clock clock) throws IOException {
        Path file = folder.resolve(CONFIG);
        JsonNode config = Files.exists(file) ? JsonFile.read(file) : MissingNode.getInstance();
        Path own = folder.resolve(OWN_FILE);
        if (Files.exists(own)) {
            return Optional.of(new ChatTemplate(Files.readString(own), OWN_FILE, config, clock));
        }
        JsonNode given = config.path("chat_template");
        if (given.isTextual()) {
            return Optional.of(new ChatTemplate(given.asText(), CONFIG, config, clock));
        }
        for (JsonNode named : given) {
            if (named.path("name").asText().equals("default")) {
                return Optional.of(
                        new ChatTemplate(named.path("template").asText(), CONFIG, config, clock));
            }
        }
        return Optional.empty();
    }

    /**
     * The conversation as one text that ends where the assistant's answer begins. Special tokens
     * are in it: none is to be added when it is encoded.
     *
     * @throws IllegalArgumentException if the template refuses the conversation, or can't be
     *     rendered as transformers would: with the file, what is wrong and where
     */
    public String render(List<ChatMessage> messages) {
        Map<String, Object> variables = new HashMap<>();
        variables.put("messages", messages.stream().map(ChatTemplate::variables).toList());
        variables.put("add_generation_prompt", true);
        variables.put("bos_token", beginOfSequence);
        variables.put("eos_token", endOfSequence);
        RenderResult result = jinja.renderForResult(template, variables);
        if (!result.getErrors().isEmpty()) {
            throw new IllegalArgumentException(
                    "chat template of %s: %s".formatted(file, told(result.getErrors().get(0))));
        }
        return result.getOutput();
    }

    private static Map<String, Object> variables(ChatMessage message) {
        Map<String, Object> variables = new LinkedHashMap<>();
        variables.put("role", message.role());
        variables.put("content", message.content());
        return variables;
    }

    /** One line: what the template refuses with, else what is wrong and the expression it is in. */
    private static String told(TemplateError error) {
        for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException && cause.getMessage() != null) {
                return cause.getMessage().replace('\n', ' ');
            }
        }
        String message = error.getMessage().lines().findFirst().orElse("");
        String expression = error.getFieldName();
        return expression == null || message.contains(expression)
                ? message
                : "%s (in %s)".formatted(message, expression.strip().replace('\n', ' '));
    }

    /** A token's text, which some files wrap in an object. */
    static String token(JsonNode node) {
        return node.isObject() ? node.path("content").asText("") : node.asText("");
    }
}
