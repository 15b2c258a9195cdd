package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Clock NOON =
            Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    @TempDir Path folder;

    private Path pairs;

    @BeforeEach
    void writePairs() throws IOException {
        pairs = PairFile.separable(folder.resolve("pairs.jsonl"), 600);
    }

    @Test
    void learnsASeparableSet() throws IOException {
        Path out = folder.resolve("out");
        Run run = train(config(out, Map.of("schedule.steps", "60")), Integer.MAX_VALUE);
        assertThat(run.ending).isEqualTo(Trainer.Ending.STEPS);
        JsonNode summary = summary(out);
        assertThat(summary.path("holdoutAccuracy").asDouble()).isGreaterThan(0.95);
        assertThat(summary.path("prequentialAccuracy").asDouble()).isGreaterThan(0.8);
        assertThat(summary.at("/probes/accuracy/length/pairs").asLong())
                .isEqualTo(summary.path("holdoutPairs").asLong())
                .isPositive();
        assertThat(summary.at("/probes/accuracy/unigram/value").asDouble()).isGreaterThan(0.95);
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
        train(config(out, Map.of("schedule.steps", "40")), Integer.MAX_VALUE);
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
    void aResumedRunMakesTheStepsOfAnUninterruptedOne() throws IOException {
        Map<String, String> settings =
                Map.of("schedule.steps", "50", "schedule.release-every", "20");
        Run whole = train(config(folder.resolve("whole"), settings), Integer.MAX_VALUE);

        Path out = folder.resolve("parts");
        Map<Long, Double> losses = new TreeMap<>();
        for (int stopAfter : new int[] {7, 13, 1, Integer.MAX_VALUE}) {
            Run part = train(config(out, settings), stopAfter);
            losses.putAll(part.losses);
        }
        assertThat(losses).hasSize(50).isEqualTo(whole.losses);
        assertThat(summary(out).path("pairs"))
                .isEqualTo(summary(folder.resolve("whole")).path("pairs"));
        assertThat(summary(out).path("replay"))
                .isEqualTo(summary(folder.resolve("whole")).path("replay"));
        assertThat(ids(out)).isEqualTo(ids(folder.resolve("whole"))).hasSize(3);
    }

    @Test
    void aResumedRunGoesOnWithThePrioritiesAndTheHistoryThatItHad() throws IOException {
        Map<String, String> settings =
                Map.of(
                        "schedule.steps", "50",
                        "schedule.release-every", "20",
                        "replay.sampler", "prioritized",
                        "replay.capacity", "150",
                        "replay.staleness.max-versions", "12",
                        "replay.history.capacity", "120",
                        "replay.strata.by", "strategy",
                        "replay.strata.shares.file", "0.5");
        Run whole = train(config(folder.resolve("whole"), settings), Integer.MAX_VALUE);
        Path out = folder.resolve("parts");
        Map<Long, Double> losses = new TreeMap<>();
        for (int stopAfter : new int[] {7, 13, 1, Integer.MAX_VALUE}) {
            losses.putAll(train(config(out, settings), stopAfter).losses);
        }
        assertThat(losses).hasSize(50).isEqualTo(whole.losses);
        JsonNode replay = summary(out).path("replay");
        assertThat(replay).isEqualTo(summary(folder.resolve("whole")).path("replay"));
        assertThat(replay.path("evicted").asLong()).isPositive();
        assertThat(replay.path("inserted").asLong())
                .isEqualTo(replay.path("size").asLong() + replay.path("evicted").asLong());
        // Two more tables would have other losses: those of uniform draws from one table.
        assertThat(losses)
                .isNotEqualTo(
                        train(
                                        config(
                                                folder.resolve("uniform"),
                                                Map.of("schedule.steps", "50")),
                                        Integer.MAX_VALUE)
                                .losses);
    }

    @Test
    void releasesLeaveNoTraceInTheTrunk() throws IOException {
        Run without =
                train(
                        config(folder.resolve("a"), Map.of("schedule.steps", "30")),
                        Integer.MAX_VALUE);
        Run with =
                train(
                        config(
                                folder.resolve("b"),
                                Map.of("schedule.steps", "30", "schedule.release-every", "7")),
                        Integer.MAX_VALUE);
        assertThat(with.losses).isEqualTo(without.losses);
    }

    @Test
    void aDamagedTrunkIsPassedOver() throws IOException {
        Map<String, String> settings =
                Map.of("schedule.steps", "30", "schedule.trunk-every-steps", "10");
        Run whole = train(config(folder.resolve("whole"), settings), Integer.MAX_VALUE);
        Path out = folder.resolve("out");
        train(config(out, settings), 25);
        Path newest = trunks(out).get(1);
        Files.write(newest.resolve("weights.bin"), new byte[] {1, 2, 3});

        Run resumed = train(config(out, settings), Integer.MAX_VALUE);
        assertThat(resumed.losses.keySet()).contains(21L).doesNotContain(20L);
        assertThat(whole.losses).containsAllEntriesOf(resumed.losses);
    }

    @Test
    void trunksThatAreAllDamagedStopTheStart() throws IOException {
        Path out = folder.resolve("out");
        train(config(out, Map.of("schedule.steps", "5")), Integer.MAX_VALUE);
        for (Path trunk : trunks(out)) {
            Files.delete(trunk.resolve("state.json"));
        }
        assertThatThrownBy(() -> train(config(out, Map.of("schedule.steps", "9")), 9))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("state.json is missing");
    }

    @Test
    void keepsTheNewestTrunksOnly() throws IOException {
        Path out = folder.resolve("out");
        train(
                config(out, Map.of("schedule.steps", "30", "schedule.trunk-every-steps", "5")),
                Integer.MAX_VALUE);
        assertThat(trunks(out))
                .extracting(path -> path.getFileName().toString())
                .containsExactly("step-000000025", "step-000000030");
    }

    @Test
    void aLimiterEndsTrainingOnAFileThatHasRunDry() throws IOException {
        Path out = folder.resolve("out");
        Run run =
                train(
                        config(
                                out,
                                Map.of(
                                        "replay.samples-per-insert", "1",
                                        "replay.error-buffer", "20")),
                        Integer.MAX_VALUE);
        assertThat(run.ending).isEqualTo(Trainer.Ending.DRY);
        JsonNode summary = summary(out);
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
        Run run =
                train(
                        config(
                                out,
                                Map.of(
                                        "schedule.steps", "500",
                                        "replay.staleness.max-versions", "6")),
                        Integer.MAX_VALUE);
        assertThat(run.ending).isEqualTo(Trainer.Ending.DRY);
        JsonNode replay = summary(out).path("replay");
        assertThat(replay.path("size").asLong()).isLessThan(64);
        assertThat(replay.path("stale").asLong())
                .isEqualTo(replay.path("inserted").asLong() - replay.path("size").asLong());
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
    void aReleaseSaysWhereItComesFrom() throws IOException {
        Path out = folder.resolve("out");
        train(config(out, Map.of("schedule.steps", "40")), Integer.MAX_VALUE);
        JsonNode checkpoint = summary(out).path("checkpoints").path(0);
        Path release = Path.of(checkpoint.path("path").asText());
        assertThat(Manifest.problem(release)).isEmpty();
        JsonNode lineage = JSON.readTree(release.resolve("lineage.json").toFile());
        assertThat(lineage.path("id")).isEqualTo(checkpoint.path("id"));
        assertThat(lineage.at("/positions/0").asLong()).isEqualTo(600);
        assertThat(lineage.path("forkSteps").asLong()).isEqualTo(4);
        assertThat(
                        lineage.at("/pairsByLicence/MIT").asLong()
                                + lineage.at("/pairsByLicence/Apache-2.0").asLong())
                .isEqualTo(lineage.path("pairsSeen").asLong());
        assertThat(release.resolve("README.md")).content().contains("holdout accuracy");
    }

    private record Run(Trainer.Ending ending, Map<Long, Double> losses) {}

    /** Trains until a number of steps were made in this run. */
    private static Run train(TrainerConfig config, int stopAfter) throws IOException {
        Map<Long, Double> losses = new TreeMap<>();
        List<ObjectNode> events = new ArrayList<>();
        Progress progress =
                event -> {
                    events.add(event);
                    if (event.path("event").asText().equals("progress")
                            && event.path("phase").asText().equals("trunk")) {
                        losses.put(event.path("step").asLong(), event.path("loss").asDouble());
                    }
                };
        PairSource.Opener source =
                positions ->
                        new FilePairs(
                                Path.of(String.valueOf(config.source().pairs())),
                                config.source().holdoutShare(),
                                config.source().holdoutBy(),
                                positions.getOrDefault(0, 0L));
        try (Trainer trainer =
                new Trainer(
                        config,
                        new TokenLearner(),
                        new Trainer.Surroundings(
                                source,
                                Announcer.none(),
                                progress,
                                () -> losses.size() >= stopAfter,
                                NOON))) {
            Trainer.Ending ending = trainer.run();
            assertThat(events.get(0).path("event").asText()).isEqualTo("started");
            assertThat(events.get(events.size() - 1).path("event").asText()).isEqualTo("finished");
            return new Run(ending, losses);
        }
    }

    private TrainerConfig config(Path out, Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("out", out.toString());
        all.put("source.pairs", pairs.toString());
        all.put("source.pairs-per-step", "40");
        all.put("batch.pairs", "8");
        all.put("optimizer.learning-rate", "0.3");
        all.put("schedule.warmup-steps", "5");
        all.put("replay.min-size", "64");
        all.putAll(settings);
        return TrainerConfigReader.read(null, all);
    }

    private static JsonNode summary(Path out) throws IOException {
        return JSON.readTree(out.resolve("trainer-summary.json").toFile());
    }

    private static List<String> ids(Path out) throws IOException {
        return summary(out).path("checkpoints").findValuesAsText("id");
    }

    private static List<Path> trunks(Path out) throws IOException {
        try (Stream<Path> paths = Files.list(out.resolve("trunks"))) {
            return paths.sorted().toList();
        }
    }
}
