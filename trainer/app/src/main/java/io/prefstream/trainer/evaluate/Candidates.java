package io.prefstream.trainer.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.trainer.pairs.PromptFormat;
import io.prefstream.trainer.pairs.Rows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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
    private static final List<String> PASSAGE = List.of("context", "text");
    private static final List<String> OPTIONS = List.of("answers", "options");
    private static final String SOLUTION = "solution";
    private static final List<String> RIGHT = List.of("answer", SOLUTION, "label");
    private static final List<String> KEYS = List.of("id", "task_id", "id_string", "unique_id");

    /** One answer has no choice. */
    private static final int FEWEST = 2;

    Candidates {
        responses = List.copyOf(responses);
        answers = List.copyOf(answers);
    }

    /**
     * Reads a file of rows of the benchmark's own with one more column, {@code responses}. What is
     * asked is {@code prompt}, {@code question} or {@code problem}, of choices also the passage
     * {@code context} (ReClor) or {@code text} (LogiQA 2.0) and the options {@code answers} or
     * {@code options}; what is right {@code answer}, {@code solution} or {@code label}, as the
     * benchmark has it; of mathematics a {@code solution} must have a box. Other columns are passed
     * over.
     *
     * @param format of the prompts
     * @throws IllegalArgumentException if a row is wrong, with file, row, column, expected and
     *     found
     */
    static List<Candidates> read(Path file, AnswerRule rule, PromptFormat format)
            throws IOException {
        List<Candidates> all = new ArrayList<>();
        try (Rows rows = Rows.open(file)) {
            for (JsonNode row = rows.next(); row != null; row = rows.next()) {
                all.add(read(rows, row, rule, format));
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException(file + " holds no problem");
        }
        return all;
    }

    private static Candidates read(Rows rows, JsonNode row, AnswerRule rule, PromptFormat format) {
        String prompt = prompt(rows, row, rule, format);
        JsonNode given = column(rows, row, RIGHT);
        boolean solution = SOLUTION.equals(first(row, RIGHT));
        Optional<String> gold =
                !given.isValueNode()
                        ? Optional.empty()
                        : solution
                                ? rule.goldOfSolution(given.asText())
                                : rule.gold(given.asText());
        if (gold.isEmpty()) {
            throw rows.wrong(
                    "expected an answer of task %s in one of %s%s, found %s"
                            .formatted(
                                    rule,
                                    RIGHT,
                                    solution && rule == AnswerRule.MATH
                                            ? ", of solution in its \\boxed"
                                            : "",
                                    given));
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
        return new Candidates(key(rows, row), prompt, responses, answers, right);
    }

    private static String prompt(Rows rows, JsonNode row, AnswerRule rule, PromptFormat format) {
        StringBuilder asked = new StringBuilder(text(rows, column(rows, row, ASKED), ASKED));
        String passage = null;
        if (rule == AnswerRule.CHOICE) {
            String options = first(row, OPTIONS);
            char letter = 'A';
            for (String option : options == null ? List.<String>of() : texts(rows, row, options)) {
                asked.append('\n').append(letter++).append(". ").append(option);
            }
            String column = first(row, PASSAGE);
            passage = column == null ? null : text(rows, row.get(column), PASSAGE);
        }
        if (passage == null && format.needsPassage()) {
            throw rows.wrong(
                    "--prompt-format=%s: expected --task=choice and a passage in one of %s"
                            .formatted(format, PASSAGE));
        }
        return format.prompt(passage, asked.toString());
    }

    private static String text(Rows rows, JsonNode value, List<String> names) {
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw rows.wrong("expected a text in one of %s, found %s".formatted(names, value));
        }
        return value.textValue();
    }

    /** The texts of the column {@code responses}. */
    static List<String> responses(Rows rows, JsonNode row) {
        return texts(rows, row, "responses");
    }

    private static List<String> texts(Rows rows, JsonNode row, String column) {
        List<String> texts = new ArrayList<>();
        for (JsonNode text : row.path(column)) {
            if (!text.isTextual()) {
                throw rows.wrong("%s: expected texts, found %s".formatted(column, text));
            }
            texts.add(text.textValue());
        }
        return texts;
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
        String name = first(row, names);
        if (name != null) {
            return row.get(name);
        }
        TreeSet<String> found = new TreeSet<>();
        row.fieldNames().forEachRemaining(found::add);
        throw rows.wrong("expected one of %s, found %s".formatted(names, found));
    }

    private static @Nullable String first(JsonNode row, List<String> names) {
        return names.stream().filter(row::hasNonNull).findFirst().orElse(null);
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
