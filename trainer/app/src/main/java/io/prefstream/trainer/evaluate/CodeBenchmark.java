package io.prefstream.trainer.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.trainer.pairs.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A benchmark of Python functions that come with tests, in the columns of its published files. */
enum CodeBenchmark {
    /**
     * {@code task_id}, {@code prompt} (the function's beginning), {@code entry_point}, {@code test}
     * that defines {@code check} (arXiv 2107.03374). An answer goes on where the prompt ends, or is
     * the whole function; what the prompt has above its function stands in front of either.
     */
    HUMANEVAL {
        @Override
        Problem read(Rows rows, JsonNode row) {
            String prompt = text(rows, row, "prompt");
            String function = text(rows, row, "entry_point");
            String test = text(rows, row, "test") + "\ncheck(" + function + ")\n";
            return new Problem(key(rows, row), prompt, prompt, function, List.of(test));
        }
    },

    /**
     * {@code task_id}, {@code text} or {@code prompt} (what is asked, in words), {@code test_list},
     * and in front of each test {@code test_imports} and {@code test_setup_code}, where there are
     * any (arXiv 2108.07732, also the sanitized version). An answer is a program.
     */
    MBPP {
        @Override
        Problem read(Rows rows, JsonNode row) {
            List<String> front = new ArrayList<>(texts(rows, row, "test_imports"));
            if (row.hasNonNull("test_setup_code")) {
                front.add(row.get("test_setup_code").asText());
            }
            List<String> tests =
                    texts(rows, row, "test_list").stream()
                            .map(test -> String.join("\n", front) + "\n" + test + "\n")
                            .toList();
            if (tests.isEmpty()) {
                throw rows.wrong("test_list: expected tests, found none");
            }
            String asked = row.hasNonNull("prompt") ? "prompt" : "text";
            return new Problem(key(rows, row), text(rows, row, asked), "", "", tests);
        }
    };

    /** A fenced block, also one that the text ends in. */
    private static final Pattern FENCED =
            Pattern.compile(
                    "^[ \\t]*```[^\\n]*\\n(.*?)(?:^[ \\t]*```|\\z)",
                    Pattern.DOTALL | Pattern.MULTILINE);

    private static final Pattern MARKED =
            Pattern.compile("(?:\\[BEGIN\\]\\n?)?(.*?)\\[DONE\\].*", Pattern.DOTALL);

    /**
     * A problem.
     *
     * @param asked what was asked for, which rewards are given for
     * @param begun the program as far as the prompt has it, empty where it has nothing
     * @param function that begins there, empty where none does
     * @param tests each run behind a program
     */
    record Problem(String key, String asked, String begun, String function, List<String> tests) {

        /** The program that a response makes. */
        String program(String response) {
            String code = code(response);
            if (begun.isEmpty()) {
                return code;
            }
            boolean whole =
                    !code.isEmpty()
                            && !Character.isWhitespace(code.charAt(0))
                            && declares(code, function).find();
            Matcher begins = declares(begun, function);
            return whole && begins.find()
                    ? begun.substring(0, begins.start()) + "\n" + code
                    : begun + code;
        }

        private static Matcher declares(String code, String function) {
            return Pattern.compile("(?m)^(?:async )?def +" + Pattern.quote(function) + "\\b")
                    .matcher(code);
        }
    }

    /** The problem of a row. */
    abstract Problem read(Rows rows, JsonNode row);

    /**
     * The code of a response: its first fenced block, or what stands before {@code [DONE]}, else
     * all of it; without blank lines in front.
     */
    static String code(String response) {
        String text = response.replace("\r\n", "\n");
        Matcher fenced = FENCED.matcher(text);
        Matcher marked = MARKED.matcher(text);
        String code = fenced.find() ? fenced.group(1) : marked.matches() ? marked.group(1) : text;
        return code.replaceFirst("^[ \\t\\n]*\\n", "");
    }

    /**
     * What a program's votes are counted under: its lines without comments that have a line of
     * their own, blank lines and spaces at the end. Programs that behave alike and are written
     * otherwise are two.
     */
    static String normalised(String program) {
        StringBuilder text = new StringBuilder();
        program.lines()
                .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
                .forEach(line -> text.append(line.stripTrailing()).append('\n'));
        return text.toString();
    }

    /** An id without its benchmark, so that {@code Mbpp/2} is {@code 2}. */
    static String id(String key) {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    /** A problem's or sample's {@code task_id}. */
    static String key(Rows rows, JsonNode row) {
        JsonNode id = row.path("task_id");
        if (!id.isTextual() && !id.isIntegralNumber()) {
            throw rows.wrong(
                    "task_id: expected an id, found " + (id.isMissingNode() ? "none" : id));
        }
        return id.asText();
    }

    private static String text(Rows rows, JsonNode row, String column) {
        JsonNode value = row.path(column);
        if (!value.isTextual() || value.textValue().isBlank()) {
            TreeSet<String> found = new TreeSet<>();
            row.fieldNames().forEachRemaining(found::add);
            throw rows.wrong("expected a text in %s, found columns %s".formatted(column, found));
        }
        return value.textValue();
    }

    private static List<String> texts(Rows rows, JsonNode row, String column) {
        List<String> texts = new ArrayList<>();
        for (JsonNode each : row.path(column)) {
            if (!each.isTextual()) {
                throw rows.wrong("%s: expected texts, found %s".formatted(column, each));
            }
            texts.add(each.textValue());
        }
        return texts;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
