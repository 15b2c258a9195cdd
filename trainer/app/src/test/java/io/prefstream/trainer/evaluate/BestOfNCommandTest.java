package io.prefstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.model.Heads;
import io.prefstream.trainer.CommandRun;
import io.prefstream.trainer.RandomModel;
import io.prefstream.trainer.pairs.PromptFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BestOfNCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    private Path model;
    private Path out;

    @BeforeEach
    void writeModel() throws IOException {
        model = RandomModel.write(folder.resolve("model"), 128, Heads.BOTH);
        out = folder.resolve("out");
    }

    @Test
    void everyMethodIsToldForEveryPowerOfTwo() throws IOException {
        Path data = problems(12, 8);
        CommandRun run = evaluate(data, "gsm8k", "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = JSON.readTree(run.out());
        assertThat(report.path("estimates").findValuesAsText("n")).containsExactly("2", "4", "8");
        assertThat(report.path("candidates").asInt()).isEqualTo(96);
        assertThat(report.path("unanswered").asInt()).isEqualTo(12);
        // Two of eight are right in each problem.
        assertThat(report.at("/estimates/0/random/value").asDouble())
                .isCloseTo(0.25, within(1e-12));
        // 1 − C(6, 2) / C(8, 2) = 13 / 28.
        assertThat(report.at("/estimates/0/oracle/value").asDouble())
                .isCloseTo(13.0 / 28, within(1e-12));
        assertThat(report.at("/estimates/2/oracle/value").asDouble()).isEqualTo(1.0);
        assertThat(out.resolve("report.md")).content().contains("| N | best of N | majority |");
        assertThat(out.resolve("best-of-n.svg")).content().startsWith("<svg");

        CommandRun again = evaluate(data, "gsm8k", "--json");
        assertThat(again.out()).isEqualTo(run.out());
    }

    @Test
    void theBestOfAllIsTheOneThatScoreRanksFirst() throws IOException {
        Path data = problems(6, 4);
        JsonNode report = JSON.readTree(evaluate(data, "gsm8k", "--json", "--n", "4").out());
        double right = 0;
        for (String line : Files.readAllLines(data)) {
            JsonNode problem = JSON.readTree(line);
            List<String> responses = new ArrayList<>();
            problem.path("responses").forEach(response -> responses.add(response.asText()));
            int best = highest(problem.path("question").asText(), responses);
            right += responses.get(best).endsWith("#### 10") ? 1 : 0;
        }
        assertThat(report.at("/estimates/0/best_of_N/value").asDouble())
                .isCloseTo(right / 6, within(1e-12));
    }

    /** Rows as ReClor and LogiQA 2.0 have them, each with one more column. */
    @ParameterizedTest
    @CsvSource({
        "plain, 'The cat sat.\n\nWhat sat?\nA. dog\nB. cat\nC. bird\nD. none'",
        "reclor, 'Instruction: Please answer the following questions based on the passages.\n\n"
                + "Passage: The cat sat.\n\n"
                + "Question: What sat?\nA. dog\nB. cat\nC. bird\nD. none\n\nResponse:'",
        "logiqa2, 'Instruction: Please answer the following questions based on the passages.\n\n"
                + "Passage: The cat sat.\n\n"
                + "Question: What sat?\nA. dog\nB. cat\nC. bird\nD. none\n\nResponse:'",
        "math-shepherd, 'Instruction:The cat sat.\n\n"
                + "What sat?\nA. dog\nB. cat\nC. bird\nD. none\n\nResponse:'"
    })
    void choicesAreAskedWithPassageAndOptions(String format, String prompt) throws IOException {
        List<String> responses = List.of("The answer is A.", "The answer is (B).", "B", "hm");
        Path reclor =
                Files.writeString(
                        folder.resolve("reclor.jsonl"),
                        JSON.writeValueAsString(
                                Map.of(
                                        "id_string",
                                        "train_0",
                                        "context",
                                        "The cat sat.",
                                        "question",
                                        "What sat?",
                                        "answers",
                                        List.of("dog", "cat", "bird", "none"),
                                        "label",
                                        1,
                                        "responses",
                                        responses)));
        Path logiqa =
                Files.writeString(
                        folder.resolve("logiqa.jsonl"),
                        JSON.writeValueAsString(
                                Map.of(
                                        "id",
                                        7,
                                        "text",
                                        "The cat sat.",
                                        "question",
                                        "What sat?",
                                        "options",
                                        List.of("dog", "cat", "bird", "none"),
                                        "answer",
                                        1,
                                        "type",
                                        Map.of("Categorical Reasoning", true),
                                        "responses",
                                        responses)));
        model = RandomModel.write(folder.resolve("wide"), 320, Heads.BOTH);
        for (Path data : List.of(reclor, logiqa)) {
            CommandRun run =
                    evaluate(data, "choice", "--prompt-format", format, "--json", "--n", "4");
            assertThat(run.code()).as(run.err()).isZero();
            JsonNode report = JSON.readTree(run.out());
            assertThat(report.path("unanswered").asInt()).isEqualTo(1);
            assertThat(report.at("/estimates/0/random/value").asDouble()).isEqualTo(0.5);
            int best = highest(prompt, responses);
            assertThat(report.at("/estimates/0/best_of_N/value").asDouble())
                    .isEqualTo(best == 1 || best == 2 ? 1 : 0);
            assertThat(report.at("/estimates/0/majority/value").asDouble()).isEqualTo(1);
            assertThat(
                            Candidates.read(
                                    data,
                                    AnswerRule.CHOICE,
                                    PromptFormat.valueOf(enumName(format))))
                    .extracting(Candidates::prompt)
                    .containsExactly(prompt);
        }
    }

    @Test
    void aModelIsAskedUnderThePromptOfItsTuning() throws IOException {
        Path data = problems(1, 2);
        assertThat(Candidates.read(data, AnswerRule.GSM8K, PromptFormat.MATH_SHEPHERD))
                .extracting(Candidates::prompt)
                .containsExactly("Instruction:question 0\n\nResponse:");
        assertThat(Candidates.read(data, AnswerRule.GSM8K, PromptFormat.PLAIN))
                .extracting(Candidates::prompt)
                .containsExactly("question 0");
        CommandRun run = evaluate(data, "gsm8k", "--prompt-format", "math-shepherd");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(out.resolve("report.md")).content().contains("prompt format math-shepherd");
        assertThat(evaluate(data, "gsm8k").out()).contains("prompt format plain");
        assertRefused(
                data,
                "gsm8k",
                ":1: --prompt-format=reclor: expected --task=choice and a passage in one of",
                "--prompt-format",
                "reclor");
        assertRefused(
                data,
                "mbpp",
                "--prompt-format=plain is for gsm8k, math and choice, not for --task=mbpp",
                "--prompt-format",
                "plain",
                "--execute");
        assertRefused(
                data,
                "gsm8k",
                "'chat' is none of [plain, math-shepherd, reclor, logiqa2]",
                "--prompt-format",
                "chat");
    }

    private static String enumName(String kebab) {
        return kebab.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** Which response {@code score} ranks first behind a prompt. */
    private int highest(String prompt, List<String> responses) throws IOException {
        StringBuilder asked = new StringBuilder();
        for (String response : responses) {
            asked.append(JSON.writeValueAsString(Map.of("prompt", prompt, "response", response)))
                    .append('\n');
        }
        List<String> scores =
                CommandRun.of(asked.toString(), "score", "--model", "" + model)
                        .out()
                        .lines()
                        .toList();
        int best = 0;
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < scores.size(); i++) {
            double reward = JSON.readTree(scores.get(i)).path("reward").asDouble();
            if (reward > highest) {
                highest = reward;
                best = i;
            }
        }
        return best;
    }

    @Test
    void wrongRowsAndOptionsAreRefusedInOneLine() throws IOException {
        Path data = problems(3, 4);
        assertRefused(
                data, "gsm8k", "--n=8 must be from 1 to 4, the responses of row 1", "--n", "8");
        assertRefused(
                data, "essay", "--task=essay is none of [gsm8k, math, choice, humaneval, mbpp]");
        assertRefused(data, "gsm8k", "--draws=0 must be at least 1", "--draws", "0");
        Path wrong = folder.resolve("wrong.jsonl");
        Files.writeString(
                wrong,
                "{\"question\": \"q\", \"answer\": \"none\", \"responses\": [\"a\", \"b\"]}");
        assertRefused(wrong, "gsm8k", wrong + ":1: expected an answer of task gsm8k in one of");
        Files.writeString(
                wrong, "{\"question\": \"q\", \"answer\": \"4\", \"responses\": [\"4\"]}");
        assertRefused(wrong, "gsm8k", ":1: responses: expected 2 to 1,024 texts, found 1");
        Files.writeString(
                wrong,
                "{\"question\": \"q\", \"solution\": \"It is 4.\", \"responses\": [\"4\", \"5\"]}");
        assertRefused(
                wrong,
                "math",
                wrong
                        + ":1: expected an answer of task math in one of [answer, solution, label],"
                        + " of solution in its \\boxed, found \"It is 4.\"");
        Files.writeString(wrong, "{\"quest\": \"q\"}");
        assertRefused(
                wrong, "gsm8k", ":1: expected one of [prompt, question, problem], found [quest]");
    }

    private Path problems(int count, int responses) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> answers = new ArrayList<>();
            for (int j = 0; j < responses; j++) {
                String tried = "try " + i * 31 % 17 + " and " + j * 13 % 7;
                answers.add(
                        j == responses - 1 ? "no idea" : tried + "\n#### " + (j % 4 == 0 ? 10 : j));
            }
            lines.add(
                    JSON.writeValueAsString(
                            Map.of(
                                    "question",
                                    "question " + i,
                                    "answer",
                                    "2*5 = <<2*5=10>>10\n#### 10",
                                    "responses",
                                    answers)));
        }
        return Files.write(folder.resolve("problems.jsonl"), lines);
    }

    private void assertRefused(Path data, String task, String complaint, String... more) {
        CommandRun run = evaluate(data, task, more);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.complaint()).contains(complaint);
    }

    private CommandRun evaluate(Path data, String task, String... more) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "evaluate",
                                "best-of-n",
                                "--model",
                                "" + model,
                                "--candidates",
                                "" + data,
                                "--task",
                                task,
                                "--out",
                                "" + out));
        all.addAll(List.of(more));
        return CommandRun.of("", all.toArray(String[]::new));
    }
}
