package io.prefstream.trainer.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.trainer.pairs.Rows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A problem with N answers that a generator gave: a row of the benchmark's own file with one more
 * column, {@code responses}.
 *
 * <p>What is asked is {@code prompt}, {@code question} or {@code problem}; what is right {@code
 * answer}, {@code solution} or {@code label}, as the benchmark has it. Other columns are passed
 * over.
 *
 * @param gold the right answer in the rule's form
 */
record Candidates(String key, String prompt, String gold, List<String> responses) {
    private static final List<String> ASKED = List.of("prompt", "question", "problem");
    private static final List<String> RIGHT = List.of("answer", "solution", "label");
    private static final List<String> KEYS = List.of("id", "task_id", "id_string");

    /** One answer has no choice. */
    private static final int FEWEST = 2;

    Candidates {
        responses = List.copyOf(responses);
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if a row is wrong, with file, row, column, expected and
     *     found
     */
    static List<Candidates> read(Path file, AnswerRule rule) throws IOException {
        List<Candidates> all = new ArrayList<>();
        try (Rows rows = Rows.open(file)) {
            for (JsonNode row = rows.next(); row != null; row = rows.next()) {
                all.add(read(rows, row, rule));
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException(file + " holds no problem");
        }
        return all;
    }

    private static Candidates read(Rows rows, JsonNode row, AnswerRule rule) {
        JsonNode asked = column(rows, row, ASKED);
        JsonNode right = column(rows, row, RIGHT);
        if (!asked.isTextual() || asked.textValue().isBlank()) {
            throw rows.wrong("expected a text in one of %s, found %s".formatted(ASKED, asked));
        }
        Optional<String> gold = right.isValueNode() ? rule.gold(right.asText()) : Optional.empty();
        if (gold.isEmpty()) {
            throw rows.wrong(
                    "expected an answer of task %s in one of %s, found %s"
                            .formatted(rule, RIGHT, right));
        }
        List<String> responses = new ArrayList<>();
        for (JsonNode response : row.path("responses")) {
            if (!response.isTextual()) {
                throw rows.wrong("responses: expected texts, found " + response);
            }
            responses.add(response.textValue());
        }
        if (responses.size() < FEWEST || responses.size() > Judge.WINDOW) {
            throw rows.wrong(
                    "responses: expected %d to %,d texts, found %,d"
                            .formatted(FEWEST, Judge.WINDOW, responses.size()));
        }
        return new Candidates(key(rows, row), asked.textValue(), gold.get(), responses);
    }

    private static JsonNode column(Rows rows, JsonNode row, List<String> names) {
        for (String name : names) {
            if (row.hasNonNull(name)) {
                return row.get(name);
            }
        }
        TreeSet<String> found = new TreeSet<>();
        row.fieldNames().forEachRemaining(found::add);
        throw rows.wrong("expected one of %s, found %s".formatted(names, found));
    }

    private static String key(Rows rows, JsonNode row) {
        for (String name : KEYS) {
            if (row.path(name).isValueNode() && row.hasNonNull(name)) {
                return row.get(name).asText();
            }
        }
        return "row " + rows.number();
    }
}
