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
 * A problem with N answers that a generator gave, and what is right of them.
 *
 * @param responses the texts
 * @param answers what each is counted under where answers are counted as votes, empty where it
 *     gives none
 * @param right whether each is
 */
record Candidates(
        String key,
        String prompt,
        List<String> responses,
        List<Optional<String>> answers,
        boolean[] right) {
    private static final List<String> ASKED = List.of("prompt", "question", "problem");
    private static final List<String> RIGHT = List.of("answer", "solution", "label");
    private static final List<String> KEYS = List.of("id", "task_id", "id_string");

    /** One answer has no choice. */
    private static final int FEWEST = 2;

    Candidates {
        responses = List.copyOf(responses);
        answers = List.copyOf(answers);
    }

    /**
     * Reads a file of rows of the benchmark's own with one more column, {@code responses}. What is
     * asked is {@code prompt}, {@code question} or {@code problem}; what is right {@code answer},
     * {@code solution} or {@code label}, as the benchmark has it. Other columns are passed over.
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
        JsonNode given = column(rows, row, RIGHT);
        if (!asked.isTextual() || asked.textValue().isBlank()) {
            throw rows.wrong("expected a text in one of %s, found %s".formatted(ASKED, asked));
        }
        Optional<String> gold = given.isValueNode() ? rule.gold(given.asText()) : Optional.empty();
        if (gold.isEmpty()) {
            throw rows.wrong(
                    "expected an answer of task %s in one of %s, found %s"
                            .formatted(rule, RIGHT, given));
        }
        List<String> responses = responses(rows, row);
        if (!isCount(responses.size())) {
            throw rows.wrong("responses: " + expected(responses.size()));
        }
        List<Optional<String>> answers = responses.stream().map(rule::answer).toList();
        boolean[] right = new boolean[responses.size()];
        for (int i = 0; i < right.length; i++) {
            right[i] = answers.get(i).equals(gold);
        }
        return new Candidates(key(rows, row), asked.textValue(), responses, answers, right);
    }

    /** The texts of the column {@code responses}. */
    static List<String> responses(Rows rows, JsonNode row) {
        List<String> responses = new ArrayList<>();
        for (JsonNode response : row.path("responses")) {
            if (!response.isTextual()) {
                throw rows.wrong("responses: expected texts, found " + response);
            }
            responses.add(response.textValue());
        }
        return responses;
    }

    /** Whether one can choose among so many. */
    static boolean isCount(int responses) {
        return responses >= FEWEST && responses <= Judge.WINDOW;
    }

    /** How many there must be, and are. */
    static String expected(int responses) {
        return "expected %d to %,d texts, found %,d".formatted(FEWEST, Judge.WINDOW, responses);
    }

    /** With its rewards. */
    Selection selection(float[] rewards) {
        return new Selection(rewards, answers, right);
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
