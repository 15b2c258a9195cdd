package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainerTest extends TokenTraining {

    @Test
    void learnsASeparableSet() throws IOException {
        Path out = folder.resolve("out");
        Run run = train(config(out, Map.of("schedule.steps", "60", "evaluation.probes", "true")));
        assertThat(run.ending()).isEqualTo(Trainer.Ending.STEPS);
        JsonNode summary = summary(out);
        assertThat(summary.path("holdoutAccuracy").asDouble()).isGreaterThan(0.95);
        assertThat(summary.path("prequentialAccuracy").asDouble()).isGreaterThan(0.8);
        assertThat(summary.at("/probes/accuracy/length/pairs").asLong())
                .isEqualTo(summary.path("holdoutPairs").asLong())
                .isPositive();
        assertThat(summary.at("/probes/accuracy/unigram/value").asDouble()).isGreaterThan(0.95);
        // One token gives the label away: the model can't know more than a unigram reader.
        assertThat(summary.path("probeWarning").asText())
                .startsWith("trivial readers are as good as the model")
                .contains("unigram 100.0 %")
                .doesNotContain("length");
        assertThat(summary.path("holdoutCalibrationError").asDouble()).isBetween(0.0, 0.5);
    }

    @Test
    void progressSaysHowFastStepsAreAndHowLongTheyWaitForData() throws IOException {
        Path out = folder.resolve("out");
        Run run = train(config(out, Map.of("schedule.steps", "20")));
        ObjectNode progress =
                run.events().stream()
                        .filter(event -> event.path("event").asText().equals("progress"))
                        .reduce((first, second) -> second)
                        .orElseThrow();
        assertThat(progress.path("dataWait").asDouble()).isBetween(0.0, 1.0);
        assertThat(progress.path("padding").asDouble()).isEqualTo(1 - 10.0 / 16);
        // 80 tokens need 1e6 operations; the machine is said to do 1e12 a second.
        double steps = progress.path("stepTokensPerSecond").asDouble() / 80;
        assertThat(progress.path("mfu").asDouble()).isCloseTo(steps / 1e6, withinPercentage(2));
        assertThat(progress.path("residentMiB").asLong()).isGreaterThan(10);
        assertThat(progress.path("rewardVariance").asDouble()).isPositive();
    }

    @Test
    void everyRecordIsAccountedFor() throws IOException {
        Files.write(
                pairs,
                List.of(
                        "no json",
                        "{\"prompt\": \"p\", \"chosen\": \"c\"}",
                        Files.readAllLines(pairs).get(0),
                        "{\"prompt\":\"p\",\"chosen\":\"%s\",\"rejected\":\"r\"}"
                                .formatted("x".repeat(TokenLearner.LONGEST + 1))),
                StandardOpenOption.APPEND);
        Path out = folder.resolve("out");
        train(config(out, Map.of("schedule.steps", "40")));
        JsonNode counts = summary(out).path("pairs");
        assertThat(counts.path("read").asLong()).isEqualTo(604);
        assertThat(counts.path("deadLettered").asLong()).isEqualTo(2);
        assertThat(counts.path("duplicate").asLong()).isEqualTo(1);
        assertThat(counts.at("/skippedByReason/over-budget").asLong()).isEqualTo(1);
        assertThat(counts.path("train").asLong() + counts.path("holdout").asLong()).isEqualTo(600);
        assertThat(summary(out).at("/replay/inserted").asLong())
                .isEqualTo(counts.path("train").asLong());
    }

    @Test
    void aPairWithAnEmptySideIsNoneAndCounted() throws IOException {
        Files.write(
                pairs,
                List.of(
                        "{\"prompt\":\"p\",\"chosen\":\" \",\"rejected\":\"r\"}",
                        "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"\"}"),
                StandardOpenOption.APPEND);
        Path out = folder.resolve("out");
        train(config(out, Map.of("schedule.steps", "40")));
        assertThat(summary(out).at("/pairs/deadLettered").asLong()).isEqualTo(2);
    }

    @Test
    void pairsThatAreAllTooLongAreSaid() throws IOException {
        Files.writeString(
                pairs,
                "{\"prompt\":\"p\",\"chosen\":\"%s\",\"rejected\":\"r\"}\n"
                        .formatted("x".repeat(TokenLearner.LONGEST + 1)));
        TrainerConfig config = config(folder.resolve("out"), Map.of("schedule.steps", "3"));
        assertThatThrownBy(() -> train(config, 3))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("1 of 1 records were skipped, by reason: {over-budget=1}")
                .hasMessageContaining("; the first of them: pair ")
                .hasMessageEndingWith(" (%s, row 1): response of 501 chars exceeds 500", pairs);
    }

    @Test
    void aModelWhoseTrunksTheDiskCantHoldIsRefusedBeforeAStep() throws IOException {
        TrainerConfig config = config(folder.resolve("out"), Map.of("schedule.steps", "3"));
        Learner huge =
                new TokenLearner() {
                    @Override
                    public long savedBytes() {
                        return 1L << 60;
                    }
                };
        assertThatThrownBy(() -> train(config, 3, NOON, step -> {}, List.of(), huge))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("out: " + config.out().resolve("trunks") + " has ")
                .hasMessageContaining("expected 1,152,921,504,606 MB at least");
    }

    @Test
    void tooFewPairsToBeginWithIsSaid() throws IOException {
        TrainerConfig config =
                config(
                        folder.resolve("out"),
                        Map.of("replay.min-size", "5000", "schedule.steps", "3"));
        assertThatThrownBy(() -> train(config, 3))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("replay.min-size=5,000");
    }

    @Test
    void aLimiterEndsTrainingOnAFileThatHasRunDry() throws IOException {
        Path out = folder.resolve("out");
        JsonNode summary =
                untilDry(
                        out,
                        Map.of(
                                "replay.samples-per-insert", "1",
                                "replay.error-buffer", "20"));
        long inserted = summary.at("/replay/inserted").asLong();
        // offset = 1 · 64; diff = inserted − sampled stays at or above 64 − 20.
        assertThat(summary.at("/replay/sampled").asLong())
                .isEqualTo((inserted - 44) / 8 * 8)
                .isEqualTo(8 * summary.path("step").asLong());
        assertThat(summary.path("checkpoints")).hasSize(1);
    }

    @Test
    void trainingEndsWhereAllPairsOfAFileThatHasRunDryAreTooOld() throws IOException {
        Path out = folder.resolve("out");
        JsonNode summary =
                untilDry(
                        out,
                        Map.of(
                                "schedule.steps", "500",
                                "replay.staleness.max-versions", "6"));
        JsonNode replay = summary.path("replay");
        assertThat(replay.path("size").asLong()).isLessThan(64);
        assertThat(replay.path("stale").asLong())
                .isEqualTo(replay.path("inserted").asLong() - replay.path("size").asLong());
    }

    @Test
    void aBatchWhoseLossIsNoNumberIsSkippedAndCountedAndChangesNothing() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(pairs));
        lines.add(100, poisoned("bad pair"));
        Files.write(pairs, lines);
        Path out = folder.resolve("out");
        Map<String, String> settings =
                Map.of(
                        "schedule.steps", "40",
                        "replay.sampler", "fifo",
                        "replay.max-times-sampled", "1");
        Run run = train(config(out, settings));
        assertThat(summary(out).path("skippedBatches").asLong()).isEqualTo(1);
        assertThat(run.losses()).hasSize(40);
        assertThat(run.losses().values()).allMatch(Double::isFinite);
        assertThat(run.skipped()).hasSize(1);
        assertThat(run.skipped().get(0)).contains("bad pair").hasSize(8);

        Path parts = folder.resolve("parts");
        Map<Long, Double> losses = inParts(parts, settings, 3, 9);
        assertThat(losses).isEqualTo(run.losses());
        assertThat(summary(parts).path("skippedBatches").asLong()).isEqualTo(1);
    }

    @Test
    void tooManySkippedBatchesInARowStopTrainingAndNameTheirPairs() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(pairs).subList(0, 200));
        for (int i = 0; i < 24; i++) {
            lines.add(40 + i, poisoned("bad " + i));
        }
        Files.write(pairs, lines);
        TrainerConfig config =
                config(
                        folder.resolve("out"),
                        Map.of(
                                "schedule.steps", "40",
                                "source.holdout-share", "0",
                                "replay.sampler", "fifo",
                                "replay.max-times-sampled", "1",
                                "optimizer.max-skips-in-a-row", "3"));
        assertThatThrownBy(() -> train(config))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("loss NaN and gradient norm NaN behind step 5")
                .hasMessageContaining("3 batches in a row were skipped")
                .hasMessageContaining("optimizer.max-skips-in-a-row=3")
                .hasMessageContaining("these pairs of %s are bad: bad 0, bad 1, bad 10", pairs);
        assertThat(trunks(folder.resolve("out"))).isEmpty();
    }

    private static String poisoned(String id) throws IOException {
        return JSON.writeValueAsString(
                Map.of(
                        "id",
                        id,
                        "split",
                        "train",
                        "prompt",
                        "p",
                        "chosen",
                        TokenLearner.POISON,
                        "rejected",
                        "r"));
    }
}
