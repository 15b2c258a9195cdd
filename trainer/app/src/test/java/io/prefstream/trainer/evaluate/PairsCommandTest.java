package io.prefstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.model.Heads;
import io.prefstream.trainer.CommandRun;
import io.prefstream.trainer.RandomModel;
import io.prefstream.trainer.pairs.ComparisonFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairsCommandTest {

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
    void accuracyIsThatOfTheRewardsThatScoreTells() throws IOException {
        Path data = pairs(40);
        CommandRun run = evaluate(data, "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = JSON.readTree(run.out());
        assertThat(JSON.readTree(out.resolve("report.json").toFile())).isEqualTo(report);

        CommandRun scores = CommandRun.of("", "score", "--model", "" + model, "--pairs", "" + data);
        long right = 0;
        for (String line : scores.out().lines().toList()) {
            right += JSON.readTree(line).path("margin").asDouble() > 0 ? 1 : 0;
        }
        assertThat(right).isBetween(1L, 39L);
        assertThat(report.at("/accuracy/value").asDouble()).isCloseTo(right / 40.0, within(1e-12));
        int byGroup = 0;
        for (JsonNode group : report.path("groups")) {
            byGroup += group.path("pairs").asInt();
        }
        assertThat(report.path("groups")).hasSize(2);
        assertThat(byGroup).isEqualTo(40);
        assertThat(out.resolve("calibration.svg")).isRegularFile();
        assertThat(out.resolve("calibration.png")).isRegularFile();
        assertThat(out.resolve("report.md"))
                .content()
                .contains("| even | 20 |")
                .contains("accuracy (95 % interval: Wilson)");
        assertThat(report.at("/accuracy/interval").asText()).isEqualTo("wilson");
    }

    @Test
    void everyBenchmarksOwnScoreIsTold() throws IOException {
        Path rewardBench = fixture("reward-bench-2.jsonl");
        JsonNode report = JSON.readTree(evaluate(rewardBench, "--json").out());
        assertThat(report.path("rewardBench2").fieldNames())
                .toIterable()
                .containsExactly("Math", "Ties", "overall");
        report = JSON.readTree(evaluate(fixture("rm-bench.json"), "--json").out());
        assertThat(report.at("/rmBench/overall/hard").isNumber()).isTrue();
        assertThat(report.at("/accuracy/interval").asText()).endsWith("over-rows");
        assertThat(out.resolve("report.md")).content().contains(" over rows) |");
        CommandRun judgeBench = evaluate(fixture("judge-bench.jsonl"));
        assertThat(judgeBench.out())
                .contains("| coding | 1 |")
                .contains("3 pairs in all, 1 ties (half right)");

        JsonNode regrouped =
                JSON.readTree(evaluate(rewardBench, "--json", "--group-by", "num_incorrect").out());
        assertThat(regrouped.path("groups").fieldNames()).toIterable().containsExactly("2", "3");
        assertThat(regrouped.has("rewardBench2")).isFalse();
    }

    @Test
    void ofQuestionsItIsToldHowOftenTheRightOptionIsFirst() throws IOException {
        Path data = fixture("logiqa2.txt");
        model = RandomModel.write(folder.resolve("wide"), 320, Heads.BOTH);
        JsonNode report = JSON.readTree(evaluate(data, "--json").out());
        // Three others, and one: that of the right one's text is none.
        assertThat(report.at("/accuracy/pairs").asInt()).isEqualTo(4);
        assertThat(report.at("/questions/pairs").asInt()).isEqualTo(2);
        assertThat(report.at("/questions/right").asDouble()).isIn(0.0, 1.0, 2.0);
        assertThat(evaluate(data).out())
                .contains("Of 2 questions the right option has the highest reward of all in");
        assertThat(JSON.readTree(evaluate(pairs(2), "--json").out()).has("questions")).isFalse();
    }

    private static String tooLong(String id) throws IOException {
        return JSON.writeValueAsString(
                Map.of("id", id, "prompt", "q", "chosen", "x".repeat(500), "rejected", "y"));
    }

    @Test
    void rowsOfOneNameAreBothNamedWhenLeftOut() throws IOException {
        String tooLong = tooLong("7");
        Path data = pairs(1);
        Files.writeString(data, Files.readString(data) + tooLong + "\n" + tooLong + "\n");
        JsonNode report = JSON.readTree(evaluate(data, "--json").out());
        assertThat(report.path("unscored").fieldNames()).toIterable().containsExactly("7", "7 (2)");
    }

    @Test
    void whatExceedsTheContextIsNamedAndTheRestIsJudged() throws IOException {
        Path data = pairs(3);
        String tooLong = tooLong("long");
        Files.writeString(data, Files.readString(data) + tooLong + "\n");
        CommandRun run = evaluate(data, "--json");
        assertThat(run.code()).isEqualTo(1);
        JsonNode report = JSON.readTree(run.out());
        assertThat(report.at("/unscored/long").asText()).contains("exceeds the context of 128");
        assertThat(report.path("rows").asInt()).isEqualTo(3);

        Path only = Files.writeString(folder.resolve("only.jsonl"), tooLong);
        CommandRun none = evaluate(only);
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.complaint()).contains("every row exceeds the context of the model");
    }

    @Test
    void aModelWithoutRewardHeadIsRefused() throws IOException {
        RandomModel.write(model, 128, Heads.LANGUAGE);
        CommandRun run = evaluate(pairs(2));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.complaint()).contains("has no reward head");
        assertThat(CommandRun.of("", "evaluate").complaint()).contains("pairs").contains("which?");
    }

    @Test
    void aFormatThatIsNoneIsRefusedWithThoseThereAre() throws IOException {
        CommandRun run = evaluate(pairs(2), "--format", "trlx");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.complaint()).contains("'trlx' is none of [trl, math-shepherd, reclor");
    }

    @Test
    void aBenchmarksScoreWithoutSomeOfItsRowsSaysSo() throws IOException {
        assertThat(evaluate(fixture("judge-bench.jsonl")).out()).doesNotContain("left out, which");
        Path data = fixture("judge-bench.jsonl");
        Files.writeString(data, Files.readString(data).replace("return y", "y".repeat(500)));
        CommandRun run = evaluate(data);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out())
                .contains("2 rows of judge-bench judged, 1 left out")
                .contains("What exceeds the context is left out, which benchmarks' own programs");
    }

    private Path pairs(int count) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(
                    JSON.writeValueAsString(
                            Map.of(
                                    "prompt",
                                    "question " + i,
                                    "chosen",
                                    "a" + i * 7919 % 101,
                                    "rejected",
                                    "b" + i * 104729 % 97,
                                    "group",
                                    i % 2 == 0 ? "even" : "odd")));
        }
        return Files.write(folder.resolve("pairs.jsonl"), lines);
    }

    private Path fixture(String name) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in =
                ComparisonFile.class.getResourceAsStream("/io/prefstream/trainer/pairs/" + name)) {
            Files.write(file, in.readAllBytes());
        }
        return file;
    }

    private CommandRun evaluate(Path data, String... more) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "evaluate",
                                "pairs",
                                "--model",
                                "" + model,
                                "--data",
                                "" + data,
                                "--out",
                                "" + out));
        all.addAll(List.of(more));
        return CommandRun.of("", all.toArray(String[]::new));
    }
}
