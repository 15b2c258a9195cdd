package io.prefstream.trainer.pairs;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.generation.ChatMessage;
import java.util.List;

/**
 * TRL's preference data sets ("Dataset formats" of its documentation): texts or conversations, with
 * a prompt of its own or an implicit one.
 */
final class TrlLayout {

    private TrlLayout() {}

    static Comparison read(Row row) {
        JsonNode chosen = row.required("chosen");
        JsonNode rejected = row.required("rejected");
        if (chosen.isTextual() && rejected.isTextual()) {
            if (row.has("prompt")) {
                return row.pair(
                        row.required("prompt").isArray()
                                ? row.chat(row.messages("prompt"))
                                : row.text(row.string("prompt")),
                        chosen.textValue(),
                        rejected.textValue());
            }
            return implicit(row, chosen.textValue(), rejected.textValue());
        }
        if (!chosen.isArray() || !rejected.isArray()) {
            throw row.wrong(
                    "chosen and rejected must both be texts or both conversations, found %s and %s"
                            .formatted(Row.shown(chosen), Row.shown(rejected)));
        }
        return conversation(row, row.messages("chosen"), row.messages("rejected"));
    }

    /** TRL's implicit prompt: what both begin with, up to the last space if they part after it. */
    private static Comparison implicit(Row row, String chosen, String rejected) {
        int at = 0;
        int shorter = Math.min(chosen.length(), rejected.length());
        while (at < shorter && chosen.charAt(at) == rejected.charAt(at)) {
            at++;
        }
        if (at > 0 && at < shorter && chosen.charAt(at - 1) == ' ') {
            at--;
        }
        if (at == 0) {
            throw row.wrong(
                    "there is no prompt, and chosen and rejected begin with nothing in common");
        }
        return row.pair(
                row.text(chosen.substring(0, at)), chosen.substring(at), rejected.substring(at));
    }

    private static Comparison conversation(
            Row row, List<ChatMessage> chosen, List<ChatMessage> rejected) {
        List<ChatMessage> asked;
        int at = 0;
        if (row.has("prompt")) {
            asked =
                    row.required("prompt").isTextual()
                            ? List.of(new ChatMessage("user", row.string("prompt")))
                            : row.messages("prompt");
        } else {
            int shorter = Math.min(chosen.size(), rejected.size());
            while (at < shorter && chosen.get(at).equals(rejected.get(at))) {
                at++;
            }
            asked = chosen.subList(0, at);
        }
        return row.pair(
                row.chat(asked),
                answer(row, "chosen", chosen, at),
                answer(row, "rejected", rejected, at));
    }

    private static String answer(Row row, String column, List<ChatMessage> messages, int from) {
        if (messages.size() != from + 1 || !messages.get(from).role().equals("assistant")) {
            throw row.wrong(
                    "%s: expected one assistant's message behind the prompt, found %s"
                            .formatted(
                                    column,
                                    messages.subList(from, messages.size()).stream()
                                            .map(ChatMessage::role)
                                            .toList()));
        }
        return messages.get(from).content();
    }
}
