package io.prefstream.trainer.pairs;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.Prompt;
import io.prefstream.trainer.export.Columns;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The columns of the row that was read last; what is wrong with one is said with its place. */
public final class Row {
    private static final int SHOWN = 60;
    private static final List<String> KEYS = List.of("id", "pair_id", "id_string");

    private final Rows rows;
    private final JsonNode json;
    private final PairFormat format;
    private final @Nullable String groupBy;

    /**
     * @param groupBy the column that tells groups apart, null for the layout's own
     */
    Row(Rows rows, JsonNode json, PairFormat format, @Nullable String groupBy) {
        this.rows = rows;
        this.json = json;
        this.format = format;
        this.groupBy = groupBy;
    }

    boolean has(String column) {
        return json.hasNonNull(column);
    }

    /** A column's value as a text, or another where there is none. */
    public String value(String column, String otherwise) {
        return json.path(column).asText(otherwise);
    }

    /** A column's value as a text, null where there is none. */
    public @Nullable String value(String column) {
        return has(column) ? json.path(column).asText() : null;
    }

    /**
     * A column's number, null where there is none.
     *
     * @throws WrongRowException if it is another value
     */
    public @Nullable Double number(String column) {
        if (has(column) && !json.path(column).isNumber()) {
            throw wrong(
                    "%s: expected a number, found %s".formatted(column, shown(json.path(column))));
        }
        return has(column) ? (Double) json.path(column).doubleValue() : null;
    }

    /**
     * A column's time, in ISO 8601 with its zone or in milliseconds since 1970; null where there is
     * none.
     *
     * @throws WrongRowException if it is another value
     */
    public @Nullable Instant time(String column) {
        JsonNode value = json.path(column);
        if (!has(column)) {
            return null;
        }
        if (value.isIntegralNumber()) {
            return Instant.ofEpochMilli(value.longValue());
        }
        try {
            return OffsetDateTime.parse(value.asText()).toInstant();
        } catch (DateTimeParseException e) {
            throw wrong(
                    "%s: expected a time as 2026-05-01T00:00:00Z, found %s"
                            .formatted(column, shown(value)));
        }
    }

    /**
     * A column's texts; none where there is no such column.
     *
     * @throws WrongRowException if it holds another value
     */
    public List<String> texts(String column) {
        return has(column) && !json.path(column).isEmpty() ? strings(column) : List.of();
    }

    void requireKnownColumns(Set<String> ignored, String ignoreOption) {
        TreeSet<String> known = new TreeSet<>(format.columns());
        known.addAll(PairFormat.OPTIONAL);
        if (groupBy != null) {
            known.add(groupBy);
        }
        TreeSet<String> unknown = new TreeSet<>();
        json.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(known);
        unknown.removeAll(ignored);
        unknown.removeAll(Columns.provenance());
        if (!unknown.isEmpty()) {
            throw wrong(
                    "unknown columns %s; expected for %s are %s; %s=%s passes them over"
                            .formatted(
                                    unknown,
                                    format,
                                    known,
                                    ignoreOption,
                                    String.join(",", unknown)));
        }
    }

    Comparison pair(Prompt prompt, String chosen, String rejected) {
        return comparison(prompt, ComparisonFile.ALL, List.of(chosen), List.of(rejected));
    }

    Comparison comparison(
            Prompt prompt, String ownGroup, List<String> chosen, List<String> rejected) {
        if (format.trains()) {
            requirePreference(chosen, rejected);
        }
        String column = groupBy == null ? "group" : groupBy;
        JsonNode group = json.path(column);
        if (groupBy != null && !group.isValueNode()) {
            throw wrong("there is no value in column " + groupBy);
        }
        return new Comparison(
                key(),
                group.isValueNode() && !group.isNull() ? group.asText() : ownGroup,
                heldOut(),
                prompt,
                chosen,
                rejected);
    }

    private void requirePreference(List<String> chosen, List<String> rejected) {
        requireFilled("chosen", chosen);
        requireFilled("rejected", rejected);
        if (chosen.equals(rejected)) {
            throw wrong(
                    "chosen and rejected are the same text, %s: there is nothing to prefer"
                            .formatted(shown(json.path("chosen"))));
        }
    }

    private void requireFilled(String side, List<String> answers) {
        for (String answer : answers) {
            if (answer.isBlank()) {
                throw wrong(side + ": expected a text, found an empty one");
            }
        }
    }

    private String key() {
        return KEYS.stream()
                .filter(name -> has(name) && json.get(name).isValueNode())
                .findFirst()
                .map(name -> value(name, ""))
                .orElseGet(() -> "row " + rows.number());
    }

    private @Nullable Boolean heldOut() {
        JsonNode split = json.path("split");
        if (!format.trains() || split.isMissingNode() || split.isNull()) {
            return null;
        }
        return switch (split.asText().toLowerCase(Locale.ROOT)) {
            case "train" -> false;
            case "holdout", "test", "validation" -> true;
            default ->
                    throw wrong("split=" + split + " is none of train, holdout, test, validation");
        };
    }

    Prompt asked(String column) {
        return chat(List.of(new ChatMessage("user", string(column))));
    }

    Prompt chat(List<ChatMessage> messages) {
        if (messages.isEmpty()) {
            throw wrong("prompt: expected a message, found none");
        }
        return new Prompt.Chat(messages);
    }

    Prompt text(String prompt) {
        if (prompt.isBlank()) {
            throw wrong("prompt: expected a text, found an empty one");
        }
        return new Prompt.Text(prompt);
    }

    List<ChatMessage> messages(String column) {
        List<ChatMessage> messages = new ArrayList<>();
        for (JsonNode message : json.get(column)) {
            if (!message.path("role").isTextual() || !message.path("content").isTextual()) {
                throw wrong(
                        "%s: expected messages of role and content, found %s"
                                .formatted(column, shown(message)));
            }
            messages.add(
                    new ChatMessage(
                            message.get("role").textValue(), message.get("content").textValue()));
        }
        return messages;
    }

    List<String> strings(String column) {
        JsonNode array = required(column);
        List<String> strings = new ArrayList<>();
        for (JsonNode element : array) {
            if (!element.isTextual()) {
                throw wrong("%s: expected texts, found %s".formatted(column, shown(element)));
            }
            strings.add(element.textValue());
        }
        if (strings.isEmpty()) {
            throw wrong("%s: expected a list of texts, found %s".formatted(column, shown(array)));
        }
        return strings;
    }

    String string(String column) {
        JsonNode value = required(column);
        if (!value.isTextual()) {
            throw wrong("%s: expected a text, found %s".formatted(column, shown(value)));
        }
        return value.textValue();
    }

    int integer(String column) {
        JsonNode value = required(column);
        if (!value.isIntegralNumber()) {
            throw wrong("%s: expected a number, found %s".formatted(column, shown(value)));
        }
        return value.intValue();
    }

    JsonNode required(String column) {
        JsonNode value = json.path(column);
        if (value.isMissingNode() || value.isNull()) {
            TreeSet<String> found = new TreeSet<>();
            json.fieldNames().forEachRemaining(found::add);
            throw wrong(
                    "%s: expected a value for format %s, found none; there are %s"
                            .formatted(column, format, found));
        }
        return value;
    }

    /** What is wrong with it, with its place. */
    public WrongRowException wrong(String what) {
        return rows.wrong(what);
    }

    static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
