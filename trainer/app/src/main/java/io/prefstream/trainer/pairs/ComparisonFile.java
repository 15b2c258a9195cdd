package io.prefstream.trainer.pairs;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.Prompt;
import io.prefstream.trainer.export.Columns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of comparisons, all of it: a file of which a row is wrong is refused, with file,
 * row, column, what was expected and what was found.
 */
public final class ComparisonFile {
    /** The group of rows that name none. */
    public static final String ALL = "all";

    private static final int SHOWN = 60;

    /** RM-Bench's styles: concise, detailed, detailed in Markdown. */
    private static final int STYLES = 3;

    private static final Map<String, String> JUDGE_BENCH_GROUPS =
            Map.of(
                    "mmlu-pro", "knowledge",
                    "livebench-reasoning", "reasoning",
                    "livebench-math", "math",
                    "livecodebench", "coding");

    private final @Nullable PairFormat given;
    private final Set<String> ignored;
    private final @Nullable String groupBy;

    /**
     * @param given the layout, null to tell it by the first row's columns
     * @param ignored columns that may be there and are not read
     * @param groupBy the column that tells groups apart, null for the layout's own
     */
    public ComparisonFile(
            @Nullable PairFormat given, Set<String> ignored, @Nullable String groupBy) {
        this.given = given;
        this.ignored = Set.copyOf(ignored);
        this.groupBy = groupBy;
    }

    /**
     * What a file holds.
     *
     * @param format of all rows
     */
    public record Content(PairFormat format, List<Comparison> comparisons) {}

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if a row is wrong, or there is none
     */
    public Content read(Path file) throws IOException {
        List<Comparison> comparisons = new ArrayList<>();
        PairFormat format = given;
        try (Rows rows = Rows.open(file)) {
            for (JsonNode row = rows.next(); row != null; row = rows.next()) {
                if (format == null) {
                    format = PairFormat.of(row);
                }
                comparisons.add(new Row(rows, row, format).comparison());
            }
        }
        if (format == null || comparisons.isEmpty()) {
            throw new IllegalArgumentException(file + " holds no pair");
        }
        return new Content(format, comparisons);
    }

    /** One row, and where it stands. */
    private final class Row {
        private final Rows rows;
        private final JsonNode json;
        private final PairFormat format;

        Row(Rows rows, JsonNode json, PairFormat format) {
            this.rows = rows;
            this.json = json;
            this.format = format;
        }

        Comparison comparison() {
            if (format.strict()) {
                requireKnownColumns();
            }
            return switch (format) {
                case TRL -> trl();
                case MATH_SHEPHERD ->
                        pair(text("Instruction:" + string("question") + "\n\nResponse:"));
                case RECLOR, LOGIQA2 ->
                        pair(
                                text(
                                        "Instruction: Please answer the following questions based"
                                                + " on the passages.\n\n"
                                                + "Passage: "
                                                + string("context")
                                                + "\n\nQuestion: "
                                                + string("question")
                                                + "\n\nResponse:"));
                case REWARD_BENCH_2 -> rewardBench();
                case RM_BENCH -> rmBench();
                case JUDGE_BENCH -> judgeBench();
            };
        }

        private void requireKnownColumns() {
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
                throw rows.wrong(
                        "unknown columns %s; expected for %s are %s; --ignore-columns=%s passes them over"
                                .formatted(unknown, format, known, String.join(",", unknown)));
            }
        }

        private Comparison trl() {
            JsonNode chosen = required("chosen");
            JsonNode rejected = required("rejected");
            if (chosen.isTextual() && rejected.isTextual()) {
                if (json.hasNonNull("prompt")) {
                    return pair(
                            json.get("prompt").isArray()
                                    ? chat(messages("prompt"))
                                    : text(string("prompt")));
                }
                return implicit(chosen.textValue(), rejected.textValue());
            }
            if (!chosen.isArray() || !rejected.isArray()) {
                throw rows.wrong(
                        "chosen and rejected must both be texts or both conversations, found %s and %s"
                                .formatted(shown(chosen), shown(rejected)));
            }
            return conversation(messages("chosen"), messages("rejected"));
        }

        /**
         * TRL's implicit prompt: what both begin with, up to the last space if they part after it.
         */
        private Comparison implicit(String chosen, String rejected) {
            int at = 0;
            int shorter = Math.min(chosen.length(), rejected.length());
            while (at < shorter && chosen.charAt(at) == rejected.charAt(at)) {
                at++;
            }
            if (at > 0 && at < shorter && chosen.charAt(at - 1) == ' ') {
                at--;
            }
            if (at == 0) {
                throw rows.wrong(
                        "there is no prompt, and chosen and rejected begin with nothing in common");
            }
            return pair(
                    text(chosen.substring(0, at)), chosen.substring(at), rejected.substring(at));
        }

        private Comparison conversation(List<ChatMessage> chosen, List<ChatMessage> rejected) {
            List<ChatMessage> asked;
            int at = 0;
            if (json.hasNonNull("prompt")) {
                asked =
                        json.get("prompt").isTextual()
                                ? List.of(new ChatMessage("user", string("prompt")))
                                : messages("prompt");
            } else {
                int shorter = Math.min(chosen.size(), rejected.size());
                while (at < shorter && chosen.get(at).equals(rejected.get(at))) {
                    at++;
                }
                asked = chosen.subList(0, at);
            }
            return pair(
                    chat(asked), answer("chosen", chosen, at), answer("rejected", rejected, at));
        }

        private String answer(String column, List<ChatMessage> messages, int from) {
            if (messages.size() != from + 1 || !messages.get(from).role().equals("assistant")) {
                throw rows.wrong(
                        "%s: expected one assistant's message behind the prompt, found %s"
                                .formatted(
                                        column,
                                        messages.subList(from, messages.size()).stream()
                                                .map(ChatMessage::role)
                                                .toList()));
            }
            return messages.get(from).content();
        }

        private Comparison rewardBench() {
            List<String> chosen = strings("chosen");
            int correct = integer("num_correct");
            if (correct != chosen.size()) {
                throw rows.wrong(
                        "num_correct=%d, but chosen holds %d answers"
                                .formatted(correct, chosen.size()));
            }
            return comparison(asked("prompt"), string("subset"), chosen, strings("rejected"));
        }

        private Comparison rmBench() {
            List<String> chosen = strings("chosen");
            List<String> rejected = strings("rejected");
            if (chosen.size() != STYLES || rejected.size() != STYLES) {
                throw rows.wrong(
                        "expected %d chosen and %d rejected answers, found %d and %d"
                                .formatted(STYLES, STYLES, chosen.size(), rejected.size()));
            }
            return comparison(asked("prompt"), string("domain"), chosen, rejected);
        }

        private Comparison judgeBench() {
            String label = string("label");
            boolean first = label.equals("A>B");
            if (!first && !label.equals("B>A")) {
                throw rows.wrong("label=" + label + " is neither A>B nor B>A");
            }
            String source = string("source");
            String group =
                    JUDGE_BENCH_GROUPS.entrySet().stream()
                            .filter(entry -> source.startsWith(entry.getKey()))
                            .map(Map.Entry::getValue)
                            .findFirst()
                            .orElse(source);
            String a = string("response_A");
            String b = string("response_B");
            return comparison(
                    asked("question"), group, List.of(first ? a : b), List.of(first ? b : a));
        }

        private Comparison pair(Prompt prompt) {
            return pair(prompt, string("chosen"), string("rejected"));
        }

        private Comparison pair(Prompt prompt, String chosen, String rejected) {
            return comparison(prompt, ALL, List.of(chosen), List.of(rejected));
        }

        private Comparison comparison(
                Prompt prompt, String ownGroup, List<String> chosen, List<String> rejected) {
            requireFilled("chosen", chosen);
            requireFilled("rejected", rejected);
            if (chosen.equals(rejected)) {
                throw rows.wrong(
                        "chosen and rejected are the same text, %s: there is nothing to prefer"
                                .formatted(shown(json.path("chosen"))));
            }
            String column = groupBy == null ? "group" : groupBy;
            JsonNode group = json.path(column);
            if (groupBy != null && !group.isValueNode()) {
                throw rows.wrong("there is no value in column " + groupBy);
            }
            return new Comparison(
                    key(),
                    group.isValueNode() && !group.isNull() ? group.asText() : ownGroup,
                    heldOut(),
                    prompt,
                    chosen,
                    rejected);
        }

        private void requireFilled(String side, List<String> answers) {
            for (String answer : answers) {
                if (answer.isBlank()) {
                    throw rows.wrong(side + ": expected a text, found an empty one");
                }
            }
        }

        private String key() {
            JsonNode id = format == PairFormat.JUDGE_BENCH ? json.path("pair_id") : json.path("id");
            return id.isValueNode() && !id.isNull() ? id.asText() : "row " + rows.number();
        }

        private @Nullable Boolean heldOut() {
            JsonNode split = json.path("split");
            if (!format.strict() || split.isMissingNode() || split.isNull()) {
                return null;
            }
            return switch (split.asText().toLowerCase(Locale.ROOT)) {
                case "train" -> false;
                case "holdout", "test", "validation" -> true;
                default ->
                        throw rows.wrong(
                                "split=" + split + " is none of train, holdout, test, validation");
            };
        }

        private Prompt asked(String column) {
            return chat(List.of(new ChatMessage("user", string(column))));
        }

        private Prompt chat(List<ChatMessage> messages) {
            if (messages.isEmpty()) {
                throw rows.wrong("prompt: expected a message, found none");
            }
            return new Prompt.Chat(messages);
        }

        private Prompt text(String prompt) {
            if (prompt.isBlank()) {
                throw rows.wrong("prompt: expected a text, found an empty one");
            }
            return new Prompt.Text(prompt);
        }

        private List<ChatMessage> messages(String column) {
            List<ChatMessage> messages = new ArrayList<>();
            for (JsonNode message : json.get(column)) {
                if (!message.path("role").isTextual() || !message.path("content").isTextual()) {
                    throw rows.wrong(
                            "%s: expected messages of role and content, found %s"
                                    .formatted(column, shown(message)));
                }
                messages.add(
                        new ChatMessage(
                                message.get("role").textValue(),
                                message.get("content").textValue()));
            }
            return messages;
        }

        private List<String> strings(String column) {
            JsonNode array = required(column);
            List<String> strings = new ArrayList<>();
            for (JsonNode element : array) {
                if (!element.isTextual()) {
                    throw rows.wrong(
                            "%s: expected texts, found %s".formatted(column, shown(element)));
                }
                strings.add(element.textValue());
            }
            if (strings.isEmpty()) {
                throw rows.wrong(
                        "%s: expected a list of texts, found %s".formatted(column, shown(array)));
            }
            return strings;
        }

        private String string(String column) {
            JsonNode value = required(column);
            if (!value.isTextual()) {
                throw rows.wrong("%s: expected a text, found %s".formatted(column, shown(value)));
            }
            return value.textValue();
        }

        private int integer(String column) {
            JsonNode value = required(column);
            if (!value.isIntegralNumber()) {
                throw rows.wrong("%s: expected a number, found %s".formatted(column, shown(value)));
            }
            return value.intValue();
        }

        private JsonNode required(String column) {
            JsonNode value = json.path(column);
            if (value.isMissingNode() || value.isNull()) {
                TreeSet<String> found = new TreeSet<>();
                json.fieldNames().forEachRemaining(found::add);
                throw rows.wrong(
                        "%s: expected a value for format %s, found none; there are %s"
                                .formatted(column, format, found));
            }
            return value;
        }
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
