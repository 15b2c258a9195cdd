package io.prefstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.execution.testing.Machine;
import io.prefstream.model.Heads;
import io.prefstream.trainer.CommandRun;
import io.prefstream.trainer.RandomModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Candidates' code, run for real. Where the machine doesn't isolate, the command must say so. */
class BestOfNCodeTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Map<String, Object> BIGGEST =
            Map.of(
                    "task_id", "HumanEval/900",
                    "prompt",
                            "from typing import List\n\n\ndef biggest(xs: List[int]) -> int:\n"
                                    + "    \"\"\" The greatest of xs, 0 for none. \"\"\"\n",
                    "entry_point", "biggest",
                    "canonical_solution", "    return max(xs, default=0)\n",
                    "test",
                            "\nMETADATA = {}\n\n\ndef check(candidate):\n"
                                    + "    assert candidate([1, 3, 2]) == 3\n"
                                    + "    assert candidate([]) == 0\n");

    @TempDir Path folder;
    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = RandomModel.write(folder.resolve("model"), 512, Heads.BOTH);
    }

    @Test
    void humanEvalsAnswersGoOnOrAreWhole() throws IOException {
        Path file =
                responses(
                        BIGGEST,
                        // Right: a body, and the whole function without the prompt's import.
                        "    return max(xs, default=0)\n",
                        "Sure:\n```python\ndef biggest(xs: List[int]) -> int:\n"
                                + "    return sorted([0] + xs)[-1] if xs else 0\n```\nDone.",
                        // Wrong: fails a test, loops, isn't Python, leaves with status 0.
                        "    return max(xs)\n",
                        "    while True:\n        pass\n",
                        "    return return\n",
                        "    import os\n    os._exit(0)\n",
                        // Again right, written like the first.
                        "    # the greatest\n    return max(xs, default=0)\n",
                        "");
        CommandRun run =
                evaluate(
                        "--candidates",
                        "" + file,
                        "--task",
                        "humaneval",
                        "--execute",
                        "--test-timeout",
                        "5",
                        "--json");
        if (!isolates(run)) {
            return;
        }
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = JSON.readTree(run.out());
        assertThat(report.path("candidates").asInt()).isEqualTo(8);
        assertThat(report.path("unanswered").asInt()).isEqualTo(1);
        assertThat(report.at("/estimates/0/random/value").asDouble())
                .isCloseTo(3.0 / 8, within(1e-12));
        // Of all eight the text that two share has most votes.
        assertThat(report.at("/estimates/2/n").asInt()).isEqualTo(8);
        assertThat(report.at("/estimates/2/majority/value").asDouble()).isEqualTo(1.0);
        assertThat(report.path("judged").asText())
                .contains("no network: yes, own read-only root: yes");
        assertThat(folder.resolve("out/report.md")).content().contains("run by python3");
    }

    @Test
    void mbppsSamplesMayStandInAFileOfTheirOwn() throws IOException {
        Path problems =
                lines(
                        "mbpp.jsonl",
                        Map.of(
                                "task_id",
                                2,
                                "text",
                                "Write a class Box with the square root of its size.",
                                "code",
                                "",
                                "test_setup_code",
                                "box = Box(9)",
                                "test_list",
                                List.of(
                                        "assert box.root() == 3",
                                        "assert math.isclose(Box(2).root(), 1.41, abs_tol=0.01)"),
                                "test_imports",
                                List.of("import math"),
                                "challenge_test_list",
                                List.of("assert False")),
                        Map.of(
                                "task_id",
                                3,
                                "prompt",
                                "Nobody answers.",
                                "test_list",
                                List.of("pass")));
        String right =
                "class Box:\n"
                        + "  def __init__(self, n): self.n = n\n"
                        + "  def root(self): return self.n ** 0.5\n";
        Path samples =
                lines(
                        "samples.jsonl",
                        Map.of("task_id", "Mbpp/2", "solution", right),
                        Map.of("task_id", "Mbpp/2", "solution", right.replace("0.5", "2")),
                        Map.of("task_id", "Mbpp/2", "completion", "[BEGIN]\n" + right + "[DONE]"),
                        Map.of("task_id", "Mbpp/2", "solution", "class Box: pass"));
        CommandRun run =
                evaluate(
                        "--candidates",
                        "" + samples,
                        "--problems",
                        "" + problems,
                        "--task",
                        "mbpp",
                        "--execute",
                        "--json");
        if (!isolates(run)) {
            return;
        }
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = JSON.readTree(run.out());
        assertThat(report.path("problems").asInt()).isEqualTo(1);
        assertThat(report.path("judged").asText()).endsWith(" 1 problems have no samples.");
        assertThat(report.at("/estimates/0/random/value").asDouble()).isEqualTo(0.5);
    }

    @Test
    void nothingIsRunUnlessItIsAllowed() throws IOException {
        Path file = responses(BIGGEST, "a", "b");
        assertRefused(
                "--task=humaneval runs code that models wrote, in a sandbox (docs/execution.md):"
                        + " --execute allows it",
                "--candidates",
                "" + file,
                "--task",
                "humaneval");
        assertRefused(
                "--sandboxes=0 must be at least 1",
                "--candidates",
                "" + file,
                "--task",
                "humaneval",
                "--execute",
                "--sandboxes",
                "0");
        assertRefused(
                "--problems=" + file + " is for humaneval and mbpp, not for --task=gsm8k",
                "--candidates",
                "" + file,
                "--task",
                "gsm8k",
                "--problems",
                "" + file);
    }

    @Test
    void wrongRowsAreRefusedInOneLine() throws IOException {
        Path problems = responses(BIGGEST);
        assertWrong(
                problems,
                "{\"task_id\": \"HumanEval/901\", \"completion\": \"x\"}",
                "holds samples of task_id 901, which " + problems + " hasn't");
        assertWrong(
                problems,
                "{\"task_id\": \"HumanEval/900\", \"completion\": \"x\"}",
                "task_id HumanEval/900: expected 2 to 1,024 texts, found 1");
        assertWrong(
                problems,
                "{\"task_id\": \"HumanEval/900\", \"code\": \"x\"}",
                ":1: expected a text in one of [solution, completion]");
        assertWrong(problems, "{\"completion\": \"x\"}", ":1: task_id: expected an id, found none");
        Path untested = lines("untested.jsonl", Map.of("task_id", 7, "text", "Write it."));
        assertWrong(
                untested,
                "{\"task_id\": 7, \"solution\": \"x\"}",
                untested + ":1: test_list: expected tests, found none",
                "mbpp");
        assertWrong(
                untested,
                "{\"task_id\": 7, \"solution\": \"x\"}",
                untested + ":1: expected a text in prompt, found columns [task_id, text]");
    }

    private void assertWrong(Path problems, String sample, String complaint) throws IOException {
        assertWrong(problems, sample, complaint, "humaneval");
    }

    private void assertWrong(Path problems, String sample, String complaint, String task)
            throws IOException {
        Path samples = Files.writeString(folder.resolve("wrong.jsonl"), sample);
        assertRefused(
                complaint,
                "--candidates",
                "" + samples,
                "--problems",
                "" + problems,
                "--task",
                task,
                "--execute");
    }

    private void assertRefused(String complaint, String... arguments) {
        CommandRun run = evaluate(arguments);
        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.complaint()).contains(complaint);
    }

    /** Whether this machine isolates; where it doesn't, the run must have said so in one line. */
    private static boolean isolates(CommandRun run) {
        if (!Machine.isolates()) {
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.complaint())
                    .contains("--isolation=files asks for more than this machine gives");
        }
        return Machine.isolates();
    }

    private Path responses(Map<String, Object> problem, String... responses) throws IOException {
        Map<String, Object> row = new HashMap<>(problem);
        row.put("responses", responses);
        return lines("responses.jsonl", row);
    }

    @SafeVarargs
    private Path lines(String name, Map<String, ?>... rows) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Map<String, ?> row : rows) {
            lines.add(JSON.writeValueAsString(row));
        }
        return Files.write(folder.resolve(name), lines);
    }

    private CommandRun evaluate(String... arguments) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "evaluate",
                                "best-of-n",
                                "--model",
                                "" + model,
                                "--out",
                                "" + folder.resolve("out")));
        all.addAll(List.of(arguments));
        return CommandRun.of("", all.toArray(String[]::new));
    }
}
