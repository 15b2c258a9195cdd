package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The {@code messages} of a conversation: contents are texts or lists of parts of type {@code
 * text}. A {@code developer} is a {@code system}, as templates know no such role.
 */
final class ChatMessages {
    private static final Set<String> ROLES = Set.of("system", "user", "assistant");

    private ChatMessages() {}

    /**
     * Reads the field.
     *
     * @throws RefusedException with the place of what is wrong
     */
    static Prompt.Chat read(Fields fields) {
        JsonNode messages =
                fields.get("messages")
                        .orElseThrow(
                                () -> RefusedException.field("messages", "messages is missing"));
        Fields.check(
                messages.isArray() && !messages.isEmpty(), "messages", messages, "a list of some");
        List<ChatMessage> all = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            String place = "messages[%d]".formatted(i);
            JsonNode message = messages.get(i);
            Fields.check(message.isObject(), place, message, "an object");
            all.add(new ChatMessage(role(message, place), content(message, place)));
        }
        return new Prompt.Chat(all);
    }

    private static String role(JsonNode message, String place) {
        for (String unsupported : new String[] {"tool_calls", "function_call", "audio"}) {
            JsonNode value = message.path(unsupported);
            if (!value.isMissingNode() && !value.isNull() && !value.isEmpty()) {
                String name = place + "." + unsupported;
                throw RefusedException.field(
                        name, name + "=" + Fields.shown(value) + " is not supported");
            }
        }
        JsonNode given = message.path("role");
        String role = given.asText().equals("developer") ? "system" : given.asText();
        if (!ROLES.contains(role)) {
            String name = place + ".role";
            throw RefusedException.field(
                    name,
                    name
                            + "="
                            + Fields.shown(given)
                            + " must be system, developer, user or assistant");
        }
        return role;
    }

    private static String content(JsonNode message, String place) {
        JsonNode content = message.path("content");
        String name = place + ".content";
        if (content.isTextual()) {
            return content.textValue();
        }
        Fields.check(content.isArray(), name, content, "a text or a list of parts");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < content.size(); i++) {
            JsonNode part = content.get(i);
            if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
                String of = "%s[%d]".formatted(name, i);
                throw RefusedException.field(
                        of, of + "=" + Fields.shown(part) + " must be a part of type text");
            }
            text.append(part.path("text").textValue());
        }
        return text.toString();
    }
}
