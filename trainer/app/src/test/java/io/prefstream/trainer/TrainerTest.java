package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.DeadLetter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        Run run =
                train(
                        config(out, Map.of("schedule.steps", "60", "evaluation.probes", "true")),
                        Integer.MAX_VALUE);
        assertThat(run.ending).isEqualTo(Trainer.Ending.STEPS);
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
        Run run = train(config(out, Map.of("schedule.steps", "20")), Integer.MAX_VALUE);
        ObjectNode progress =
                run.events.stream()
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
    void prefetchingChangesNothing() throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("schedule.steps", "50");
        settings.put("schedule.release-every-pairs", "150");
        settings.put("schedule.trunk-every-steps", "9");
        settings.put("evaluation.every", "7");
        settings.put("replay.samples-per-insert", "2");
        settings.put("keep-trunks", "100");
        Path ahead = folder.resolve("ahead");
        Run with = train(config(ahead, settings), Integer.MAX_VALUE);
        settings.put("source.prefetch", "false");
        Path oneByOne = folder.resolve("one-by-one");
        Run without = train(config(oneByOne, settings), Integer.MAX_VALUE);
        assertThat(with.losses).hasSize(50).isEqualTo(without.losses);
        assertThat(ids(ahead)).isEqualTo(ids(oneByOne)).hasSize(2);
        assertThat(summary(ahead).path("curve")).isEqualTo(summary(oneByOne).path("curve"));
        List<Path> trunks = trunks(ahead);
        assertThat(trunks).hasSize(6).hasSameSizeAs(trunks(oneByOne));
        for (Path trunk : trunks) {
            assertThat(TrunkStore.state(trunk))
                    .usingRecursiveComparison()
                    .ignoringFields("releases.path")
                    .isEqualTo(
                            TrunkStore.state(
                                    oneByOne.resolve("trunks").resolve(trunk.getFileName())));
        }
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
        assertThat(resumed.passedOver)
                .containsExactly(
                        "trunk %s is damaged: weights.bin is not what was written"
                                .formatted(newest));
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
        train(
                config(out, Map.of("schedule.steps", "40", "evaluation.probes", "true")),
                Integer.MAX_VALUE);
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
        assertThat(release.resolve("README.md"))
                .content()
                .contains("holdout accuracy (95 % interval) | 1.000 (")
                .contains("Apache-2.0: ", "MIT: ")
                .contains("0: 600")
                .contains("of a trivial reader: unigram | 1.000 (")
                .contains("**Warning**: trivial readers are as good as the model");
    }

    @Test
    void aReleaseThatIsWorseThanTheLastIsKeptWithTheReasonAndNotAnnounced() throws IOException {
        // Behind the first release the same tokens mean the opposite: what was learnt is unlearnt.
        List<String> lines = new ArrayList<>(Files.readAllLines(pairs));
        Path turned = folder.resolve("turned.jsonl");
        List<String> all = new ArrayList<>(lines);
        for (String line : lines.subList(0, 500)) {
            ObjectNode pair = (ObjectNode) JSON.readTree(line);
            JsonNode chosen = pair.get("chosen");
            pair.set("chosen", pair.get("rejected"));
            pair.set("rejected", chosen);
            pair.put("id", "turned " + pair.path("path").asText());
            pair.put("split", "train");
            all.add(JSON.writeValueAsString(pair));
        }
        Files.write(turned, all);
        Map<String, String> settings =
                Map.of(
                        "source.pairs", turned.toString(),
                        "source.pairs-per-step", "25",
                        "replay.sampler", "fifo",
                        "replay.max-times-sampled", "1",
                        "replay.min-size", "8",
                        "schedule.steps", "130",
                        "schedule.release-every", "65",
                        "schedule.decay-fraction", "0",
                        "release.gate-min-pairs", "30");
        List<String> announced = new ArrayList<>();
        Path out = folder.resolve("out");
        train(config(out, settings), Integer.MAX_VALUE, announced);
        JsonNode summary = summary(out);
        JsonNode published = summary.path("checkpoints");
        JsonNode refused = summary.path("refusedReleases");
        assertThat(published).hasSize(1);
        assertThat(refused).hasSize(1);
        assertThat(announced).containsExactly(published.get(0).path("id").asText());
        assertThat(refused.get(0).path("step").asLong()).isEqualTo(130);
        String reason = refused.get(0).path("refused").asText();
        assertThat(reason)
                .contains("is below the")
                .contains("that both judged, by more than release.gate-margin=0.03");
        Path kept = Path.of(refused.get(0).path("path").asText());
        assertThat(kept.getParent()).isEqualTo(out.resolve("refused"));
        assertThat(Manifest.problem(kept)).isEmpty();
        assertThat(JSON.readTree(kept.resolve("lineage.json").toFile()).path("refused").asText())
                .isEqualTo(reason);
        assertThat(kept.resolve("README.md")).content().contains("**Refused**");

        Path ungated = folder.resolve("ungated");
        Map<String, String> without = new LinkedHashMap<>(settings);
        without.put("release.gate-margin", "null");
        train(config(ungated, without), Integer.MAX_VALUE);
        assertThat(ids(ungated)).hasSize(2);
    }

    @Test
    void releasesFollowTimeOrFreshPairs() throws IOException {
        Path byPairs = folder.resolve("pairs");
        train(
                config(
                        byPairs,
                        Map.of("schedule.steps", "30", "schedule.release-every-pairs", "200")),
                Integer.MAX_VALUE);
        JsonNode releases = summary(byPairs).path("checkpoints");
        // 540 or so training pairs, 40 records a step: two full periods, and the last release.
        assertThat(releases.findValuesAsText("cause"))
                .containsExactly("fresh-pairs", "fresh-pairs", "end");

        Path byTime = folder.resolve("time");
        Clock ticking = new TickingClock(NOON.instant(), Duration.ofSeconds(1));
        train(
                config(byTime, Map.of("schedule.steps", "30", "schedule.release-every-time", "5m")),
                Integer.MAX_VALUE,
                new ArrayList<>(),
                ticking);
        assertThat(summary(byTime).path("checkpoints").findValuesAsText("cause"))
                .contains("time", "end")
                .hasSizeBetween(2, 10);
    }

    @Test
    void oldReleasesAreDeletedWhereSoManyAreKept() throws IOException {
        Path out = folder.resolve("out");
        train(
                config(
                        out,
                        Map.of(
                                "schedule.steps", "30",
                                "schedule.release-every", "5",
                                "release.keep", "2")),
                Integer.MAX_VALUE);
        assertThat(ids(out)).hasSize(6);
        try (Stream<Path> kept = Files.list(out.resolve("releases"))) {
            assertThat(kept.map(path -> path.getFileName().toString().substring(0, 14)).sorted())
                    .containsExactly("step-000000025", "step-000000030");
        }
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
        Run run = train(config(out, settings), Integer.MAX_VALUE);
        assertThat(summary(out).path("skippedBatches").asLong()).isEqualTo(1);
        assertThat(run.losses).hasSize(40);
        assertThat(run.losses.values()).allMatch(Double::isFinite);
        assertThat(run.skipped).hasSize(1);
        assertThat(run.skipped.get(0)).contains("bad pair").hasSize(8);

        Path parts = folder.resolve("parts");
        Map<Long, Double> losses = new TreeMap<>();
        for (int stopAfter : new int[] {3, 9, Integer.MAX_VALUE}) {
            losses.putAll(train(config(parts, settings), stopAfter).losses);
        }
        assertThat(losses).isEqualTo(run.losses);
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
        assertThatThrownBy(() -> train(config, Integer.MAX_VALUE))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("loss NaN and gradient norm NaN behind step 5")
                .hasMessageContaining("3 batches in a row were skipped")
                .hasMessageContaining("optimizer.max-skips-in-a-row=3")
                .hasMessageContaining("bad 0, bad 1, bad 10");
        assertThat(trunks(folder.resolve("out"))).isEmpty();
    }

    @Test
    void aPairWithAnEmptySideIsSkippedAndCounted() throws IOException {
        Files.write(
                pairs,
                List.of(
                        "{\"prompt\":\"p\",\"chosen\":\" \",\"rejected\":\"r\"}",
                        "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"\"}"),
                StandardOpenOption.APPEND);
        Path out = folder.resolve("out");
        train(config(out, Map.of("schedule.steps", "40")), Integer.MAX_VALUE);
        assertThat(summary(out).at("/pairs/skippedByReason/empty-side").asLong()).isEqualTo(2);
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
                .hasMessageContaining("1 of 1 records were skipped, by reason: {over-budget=1}");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void fromATrunkOfAnOlderVersionItGoesOn(int version) throws IOException {
        Path out = folder.resolve("out");
        Map<String, String> settings =
                Map.of("schedule.steps", "30", "schedule.release-every", "8");
        Run whole = train(config(folder.resolve("whole"), settings), Integer.MAX_VALUE);
        Map<String, String> oneByOne = new LinkedHashMap<>(settings);
        oneByOne.put("source.prefetch", "false");
        train(config(out, oneByOne), 20);
        Path trunk = trunks(out).get(0);
        Path state = trunk.resolve("state.json");
        // That version wrote it in a run of these pairs and settings that was stopped at this step.
        String written = "state-v%d.json".formatted(version);
        try (InputStream older = TrainerTest.class.getResourceAsStream(written)) {
            Files.copy(older, state, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.delete(trunk.resolve(Manifest.NAME));
        Manifest.seal(trunk);

        Run resumed = train(config(out, settings), Integer.MAX_VALUE);
        assertThat(resumed.losses.keySet()).contains(21L, 30L).doesNotContain(20L);
        assertThat(whole.losses).containsAllEntriesOf(resumed.losses);
        JsonNode summary = summary(out);
        assertThat(summary.path("pairs")).isEqualTo(summary(folder.resolve("whole")).path("pairs"));
        assertThat(summary.path("prequentialPairs").asLong()).isGreaterThan(500);
        assertThat(summary.path("checkpoints")).hasSize(4);
    }

    @Test
    void freshPairsThatTurnHarderAreAnAlarmThatCanMakeARelease() throws IOException {
        addHarderPairs();
        Path out = folder.resolve("out");
        Run run =
                train(
                        config(
                                out,
                                Map.of(
                                        "schedule.steps", "60",
                                        "source.pairs-per-step", "20",
                                        "optimizer.learning-rate", "0.02",
                                        "release.gate-margin", "null",
                                        "drift.action", "release")),
                        Integer.MAX_VALUE);
        JsonNode summary = summary(out);
        List<ObjectNode> alarms = events(run, "drift");
        assertThat(alarms).isNotEmpty();
        assertThat(alarms.get(0).at("/after/value").asDouble())
                .isLessThan(alarms.get(0).at("/before/value").asDouble() - 0.2);
        assertThat(alarms.get(0).path("action").asText()).isEqualTo("release");
        assertThat(summary.path("driftAlarms")).hasSameSizeAs(alarms);
        assertThat(summary.path("checkpoints").findValuesAsText("cause")).contains("drift", "end");
        assertThat(summary.at("/prequentialBy/language/rust/pairs").asLong()).isGreaterThan(300);
        assertThat(summary.at("/prequentialBy/strategy/file/pairs").asLong()).isPositive();
        assertThat(summary.at("/prequentialBy/age/unknown/pairs").asLong()).isPositive();
        assertThat(run.losses).hasSize(60);
    }

    @Test
    void aBatchByTokensEndsWithThePairThatFillsIt() throws IOException {
        Map<String, String> settings = byTokens();
        Path out = folder.resolve("out");
        Run run = train(config(out, settings), Integer.MAX_VALUE);
        assertThat(run.losses).hasSize(50);
        JsonNode replay = summary(out).path("replay");
        // Pairs of 6 to 14 tokens, 10 on average, against 100: the last one exceeds it by 5 or so.
        assertThat(replay.path("sampled").asDouble() / 50).isBetween(9.5, 11.5);
        JsonNode lineage =
                JSON.readTree(
                        Path.of(summary(out).at("/checkpoints/0/path").asText())
                                .resolve("lineage.json")
                                .toFile());
        assertThat(lineage.path("batchPairs").isNull()).isTrue();
        assertThat(lineage.path("batchTokens").asInt()).isEqualTo(100);
    }

    @Test
    void batchesByTokensAreTheSameAheadOrNotAndBehindARestart() throws IOException {
        Map<String, String> settings = byTokens();
        Run whole = train(config(folder.resolve("whole"), settings), Integer.MAX_VALUE);

        Path out = folder.resolve("parts");
        Map<Long, Double> losses = new TreeMap<>();
        for (int stopAfter : new int[] {7, 13, 1, Integer.MAX_VALUE}) {
            losses.putAll(train(config(out, settings), stopAfter).losses);
        }
        assertThat(losses).hasSize(50).isEqualTo(whole.losses);
        assertThat(summary(out).path("replay"))
                .isEqualTo(summary(folder.resolve("whole")).path("replay"));
        assertThat(ids(out)).isEqualTo(ids(folder.resolve("whole"))).hasSize(3);

        settings.put("source.prefetch", "false");
        Run oneByOne = train(config(folder.resolve("one-by-one"), settings), Integer.MAX_VALUE);
        assertThat(oneByOne.losses).isEqualTo(whole.losses);
    }

    @Test
    void aBatchByTokensThatTheTableCannotFillWaitsForMorePairs() throws IOException {
        Path out = folder.resolve("out");
        Run run =
                train(
                        config(
                                out,
                                Map.of(
                                        "schedule.steps", "500",
                                        "batch.pairs", "null",
                                        "batch.tokens", "200",
                                        "replay.min-size", "2",
                                        "replay.max-times-sampled", "1",
                                        "source.pairs-per-step", "3")),
                        Integer.MAX_VALUE);
        assertThat(run.ending).isEqualTo(Trainer.Ending.DRY);
        JsonNode replay = summary(out).path("replay");
        // What is left is less than a batch.
        assertThat(replay.path("size").asLong()).isLessThan(34);
        assertThat(replay.path("sampled").asLong())
                .isEqualTo(replay.path("inserted").asLong() - replay.path("size").asLong());
        assertThat(summary(out).path("pairsSeen").asLong())
                .isEqualTo(replay.path("sampled").asLong());
        // 540 pairs of 10 tokens or so.
        assertThat(summary(out).path("step").asLong()).isBetween(22L, 28L);
    }

    @Test
    void aLimiterHoldsForBatchesByTokensToo() throws IOException {
        Path out = folder.resolve("out");
        Run run =
                train(
                        config(
                                out,
                                Map.of(
                                        "batch.pairs", "null",
                                        "batch.tokens", "100",
                                        "replay.samples-per-insert", "1",
                                        "replay.error-buffer", "20")),
                        Integer.MAX_VALUE);
        assertThat(run.ending).isEqualTo(Trainer.Ending.DRY);
        JsonNode replay = summary(out).path("replay");
        long left = replay.path("inserted").asLong() - replay.path("sampled").asLong();
        // diff = inserted − sampled stays at or above 64 − 20, and no batch of 17 more fits.
        assertThat(left).isBetween(44L, 44L + 16);
    }

    @Test
    void importanceWeightsChangeTheLossOfPrioritizedDrawsAlone() throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("schedule.steps", "40");
        settings.put("replay.sampler", "prioritized");
        Run unweighted = train(config(folder.resolve("unweighted"), settings), Integer.MAX_VALUE);
        settings.put("replay.importance.exponent", "0.4");
        settings.put("replay.importance.anneal-steps", "30");
        Run weighted = train(config(folder.resolve("weighted"), settings), Integer.MAX_VALUE);
        assertThat(weighted.losses.get(1L))
                .as("equal priorities")
                .isEqualTo(unweighted.losses.get(1L));
        assertThat(weighted.losses).isNotEqualTo(unweighted.losses);

        Path out = folder.resolve("parts");
        Map<Long, Double> losses = new TreeMap<>();
        for (int stopAfter : new int[] {11, 9, Integer.MAX_VALUE}) {
            losses.putAll(train(config(out, settings), stopAfter).losses);
        }
        assertThat(losses).isEqualTo(weighted.losses);

        settings.put("replay.sampler", "uniform");
        Run uniform = train(config(folder.resolve("uniform"), settings), Integer.MAX_VALUE);
        assertThat(uniform.losses)
                .isEqualTo(
                        train(
                                        config(
                                                folder.resolve("plain"),
                                                Map.of("schedule.steps", "40")),
                                        Integer.MAX_VALUE)
                                .losses);
    }

    @Test
    void anAlarmCanRaiseTheShareOfHistoryForSomeSteps() throws IOException {
        addHarderPairs();
        Map<String, String> settings =
                Map.of(
                        "schedule.steps", "100",
                        "source.pairs-per-step", "20",
                        "optimizer.learning-rate", "0.02",
                        "replay.capacity", "100",
                        "replay.history.capacity", "500",
                        "drift.action", "history",
                        "drift.history-fraction", "0.75",
                        "drift.history-steps", "9");
        Path whole = folder.resolve("whole");
        Run run = train(config(whole, settings), Integer.MAX_VALUE);
        List<ObjectNode> alarms = events(run, "drift");
        assertThat(alarms).isNotEmpty();
        assertThat(alarms.get(0).path("action").asText()).isEqualTo("history");
        List<Double> shares =
                events(run, "progress").stream()
                        .map(event -> event.path("historyFraction").asDouble())
                        .toList();
        assertThat(shares).contains(0.25, 0.75);
        assertThat(shares.get(0)).isEqualTo(0.25);
        assertThat(shares.get(shares.size() - 1)).isEqualTo(0.25);
        assertThat(alarms).hasSize(1);
        assertThat(shares.stream().filter(share -> share == 0.75)).hasSize(9);
        // Its own step's batch was drawn before the alarm.
        int last = alarms.get(0).path("step").asInt();
        assertThat(shares.subList(last, last + 3)).containsExactly(0.25, 0.75, 0.75);
        assertThat(summary(whole).path("driftAction").asText()).isEqualTo("history");

        Path out = folder.resolve("parts");
        Map<Long, Double> losses = new TreeMap<>();
        int alarm = alarms.get(0).path("step").asInt();
        for (int stopAfter : new int[] {alarm + 2, 3, Integer.MAX_VALUE}) {
            losses.putAll(train(config(out, settings), stopAfter).losses);
        }
        assertThat(losses).isEqualTo(run.losses);
        Map<String, String> without = new LinkedHashMap<>(settings);
        without.put("drift.action", "none");
        assertThat(losses)
                .isNotEqualTo(
                        train(config(folder.resolve("none"), without), Integer.MAX_VALUE).losses);
    }

    private static Map<String, String> byTokens() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("schedule.steps", "50");
        settings.put("schedule.release-every", "20");
        settings.put("batch.pairs", "null");
        settings.put("batch.tokens", "100");
        return settings;
    }

    /** Behind the pairs there are as many again whose label is the other way round. */
    private void addHarderPairs() throws IOException {
        List<String> all = new ArrayList<>(Files.readAllLines(pairs));
        for (String line : Files.readAllLines(pairs)) {
            ObjectNode pair = (ObjectNode) JSON.readTree(line);
            pair.set("rejected", pair.get("chosen").deepCopy());
            pair.put("chosen", pair.path("rejected").asText() + " new");
            pair.put("language", "rust");
            pair.put("id", "harder " + pair.path("path").asText());
            all.add(JSON.writeValueAsString(pair));
        }
        Files.write(pairs, all);
    }

    private static List<ObjectNode> events(Run run, String name) {
        return run.events.stream()
                .filter(event -> event.path("event").asText().equals(name))
                .toList();
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

    /** A clock that goes on by as much each time it is looked at. */
    private static final class TickingClock extends Clock {
        private final Duration step;
        private Instant now;

        TickingClock(Instant start, Duration step) {
            this.now = start;
            this.step = step;
        }

        @Override
        public java.time.ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            now = now.plus(step);
            return now;
        }
    }

    /** Announces to a list of ids. */
    private record Ids(List<String> announced) implements Announcer {
        @Override
        public void announce(CheckpointPublished checkpoint) {
            announced.add(checkpoint.getId());
        }

        @Override
        public void deadLetter(DeadLetter letter) {}

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private record Run(
            Trainer.Ending ending,
            Map<Long, Double> losses,
            List<List<String>> skipped,
            List<String> passedOver,
            List<ObjectNode> events) {}

    /** Trains until a number of steps were made in this run. */
    private static Run train(TrainerConfig config, int stopAfter) throws IOException {
        return train(config, stopAfter, new ArrayList<>());
    }

    private static Run train(TrainerConfig config, int stopAfter, List<String> announced)
            throws IOException {
        return train(config, stopAfter, announced, NOON);
    }

    private static Run train(
            TrainerConfig config, int stopAfter, List<String> announced, Clock clock)
            throws IOException {
        Map<Long, Double> losses = new TreeMap<>();
        List<List<String>> skipped = new ArrayList<>();
        List<ObjectNode> events = new ArrayList<>();
        Progress progress =
                event -> {
                    events.add(event);
                    if (event.path("event").asText().equals("progress")
                            && event.path("phase").asText().equals("trunk")) {
                        losses.put(event.path("step").asLong(), event.path("loss").asDouble());
                    }
                    if (event.path("event").asText().equals("batch-skipped")) {
                        List<String> keys = new ArrayList<>();
                        event.path("keys").forEach(key -> keys.add(key.asText()));
                        skipped.add(keys);
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
                                new Ids(announced),
                                progress,
                                () -> losses.size() >= stopAfter,
                                clock))) {
            Trainer.Ending ending = trainer.run();
            assertThat(events.get(0).path("event").asText()).isEqualTo("started");
            assertThat(events.get(events.size() - 1).path("event").asText()).isEqualTo("finished");
            List<String> passedOver = new ArrayList<>();
            events.get(0).path("passedOver").forEach(trunk -> passedOver.add(trunk.asText()));
            return new Run(ending, losses, skipped, passedOver, events);
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
        all.put("evaluation.probes", "false");
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
