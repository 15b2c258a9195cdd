package io.prefstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.trainer.CommandRun;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepCorruptionTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Written for this test; the numbers are all different, so that each can be followed. */
    private static final String QUESTION =
            "A gardener plants 7 rows of 12 roses and sells a third of them for $4 each. How much"
                    + " does he get?";

    private static final String ANSWER =
            """
            He plants 7*12 = <<7*12=84>>84 roses.
            He sells 84/3 = <<84/3=28>>28 of them.
            He gets 28*4 = $<<28*4=112>>112.
            #### 112\
            """;

    private static final Pattern EQUATION =
            Pattern.compile("([0-9.]+)([-+*/])([0-9.]+) = \\$?([0-9]+(?:\\.[0-9]+)?)");

    @Test
    void theChosenSolutionIsTheOriginalWithoutItsAnnotations() {
        assertThat(pair(1).orElseThrow().chosen())
                .isEqualTo(
                        """
                        He plants 7*12 = 84 roses.
                        He sells 84/3 = 28 of them.
                        He gets 28*4 = $112.
                        #### 112\
                        """);
    }

    @Test
    void theRejectedOneIsWrongInOneStepAndConsistentBehindIt() {
        Set<StepCorruption.Kind> seen = EnumSet.noneOf(StepCorruption.Kind.class);
        for (int seed = 0; seed < 300; seed++) {
            StepCorruption.Pair pair = pair(seed).orElseThrow();
            seen.add(pair.kind());
            List<String> right = pair.chosen().lines().toList();
            List<String> wrong = pair.rejected().lines().toList();
            assertThat(wrong).hasSameSizeAs(right);
            assertThat(wrong.get(3)).startsWith("#### ").isNotEqualTo("#### 112");
            int miscalculated = 0;
            String result = "";
            for (int line = 0; line < 3; line++) {
                Matcher equation = EQUATION.matcher(wrong.get(line));
                assertThat(equation.find()).as(wrong.get(line)).isTrue();
                if (line > 0 && pair.kind() != StepCorruption.Kind.OPERAND) {
                    // Each step begins with what the one before gave.
                    assertThat(equation.group(1)).as(pair.rejected()).isEqualTo(result);
                }
                result = equation.group(4);
                if (!holds(equation)) {
                    miscalculated++;
                }
            }
            assertThat(wrong.get(3)).isEqualTo("#### " + result);
            // Only a slip leaves an equation that doesn't hold; the others are wrong in meaning.
            assertThat(miscalculated)
                    .as(pair.rejected())
                    .isEqualTo(pair.kind() == StepCorruption.Kind.SLIP ? 1 : 0);
        }
        assertThat(seen).containsExactlyInAnyOrder(StepCorruption.Kind.values());
    }

    @Test
    void aSolutionWithoutMarkedStepsOrAnswerHasNoWrongOne() {
        Random random = new Random(1);
        assertThat(new StepCorruption("q", "It is 4.\n#### 4", random).pair()).isEmpty();
        assertThat(new StepCorruption("q", "2+2=<<2+2=4>>4", random).pair()).isEmpty();
    }

    @Test
    void theCommandWritesTheSameBytesForASeedAndSaysWhatWasLeftOut(@TempDir Path folder)
            throws IOException {
        Path problems = folder.resolve("problems.jsonl");
        Files.write(
                problems,
                List.of(
                        JSON.writeValueAsString(Map.of("question", QUESTION, "answer", ANSWER)),
                        "{\"question\": \"q\", \"answer\": \"#### 4\"}"));
        Path first = folder.resolve("a.jsonl");
        CommandRun run = make(problems, first, "1");
        assertThat(run.code()).isZero();
        assertThat(run.err()).contains("1 pairs {").contains("of 1 solutions no wrong one");
        Path again = folder.resolve("b.jsonl");
        make(problems, again, "1");
        assertThat(again).hasSameBinaryContentAs(first);
        JsonNode row = JSON.readTree(Files.readString(first));
        assertThat(row.path("id").asText()).isEqualTo("gsm8k-1");
        assertThat(row.path("prompt").asText()).isEqualTo(QUESTION);
        assertThat(row.path("group").asText()).isIn("slip", "operator", "operand");
    }

    @Test
    void problemsMayBeCompressedAndAreNamedWhereTheyWereCut(@TempDir Path folder)
            throws IOException {
        byte[] row = JSON.writeValueAsBytes(Map.of("question", QUESTION, "answer", ANSWER));
        Path problems = folder.resolve("problems.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(problems))) {
            out.write(row);
        }
        assertThat(make(problems, folder.resolve("a.jsonl"), "1").err()).startsWith("1 pairs {");
        byte[] whole = Files.readAllBytes(problems);
        Files.write(problems, Arrays.copyOf(whole, whole.length - 20));
        CommandRun cut = make(problems, folder.resolve("b.jsonl"), "1");
        assertThat(cut.code()).isEqualTo(2);
        assertThat(cut.complaint())
                .endsWith(problems + ":1: damaged gzip data: the file ends before they do");
    }

    private static CommandRun make(Path problems, Path out, String seed) {
        return CommandRun.of(
                "",
                "evaluate",
                "gsm8k-pairs",
                "--problems",
                "" + problems,
                "--out",
                "" + out,
                "--seed",
                seed);
    }

    private static boolean holds(Matcher equation) {
        double a = Double.parseDouble(equation.group(1));
        double b = Double.parseDouble(equation.group(3));
        double value =
                switch (equation.group(2)) {
                    case "+" -> a + b;
                    case "-" -> a - b;
                    case "*" -> a * b;
                    default -> a / b;
                };
        return Math.abs(value - Double.parseDouble(equation.group(4))) < 1e-9;
    }

    private static Optional<StepCorruption.Pair> pair(int seed) {
        return new StepCorruption(QUESTION, ANSWER, new Random(seed)).pair();
    }
}
