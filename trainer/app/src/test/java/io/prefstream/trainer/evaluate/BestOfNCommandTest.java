package io.prefstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.model.Heads;
import io.prefstream.trainer.CommandRun;
import io.prefstream.trainer.RandomModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
            StringBuilder asked = new StringBuilder();
            for (JsonNode response : problem.path("responses")) {
                asked.append(
                                JSON.writeValueAsString(
                                        Map.of(
                                                "prompt",
                                                problem.path("question").asText(),
                                                "response",
                                                response.asText())))
                        .append('\n');
            }
            CommandRun scores = CommandRun.of(asked.toString(), "score", "--model", "" + model);
            double best = Double.NEGATIVE_INFINITY;
            boolean good = false;
            int at = 0;
            for (String score : scores.out().lines().toList()) {
                double reward = JSON.readTree(score).path("reward").asDouble();
                if (reward > best) {
                    best = reward;
                    good = problem.path("responses").get(at).asText().endsWith("#### 10");
                }
                at++;
            }
            right += good ? 1 : 0;
        }
        assertThat(report.at("/estimates/0/best_of_N/value").asDouble())
                .isCloseTo(right / 6, within(1e-12));
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
