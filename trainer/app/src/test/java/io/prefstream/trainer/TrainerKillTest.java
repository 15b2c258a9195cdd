package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.replay.LogRecord;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.testing.TestTopics;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real process on a real broker, killed as {@code kill -9} does, and asked to stop as {@code
 * kill} does.
 */
class TrainerKillTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int STEPS = 300;
    private static final String[] SETTINGS = {
        "schedule.steps=" + STEPS,
        "batch.pairs=8",
        "optimizer.learning-rate=0.01",
        "replay.min-size=64",
        "replay.capacity=1500",
        "source.pairs-per-step=8",
        "schedule.trunk-every-steps=25",
        "schedule.release-every=100",
        "evaluation.probes=false"
    };

    @TempDir Path folder;

    @Test
    void killedTwiceItStillTakesEveryPairOfTheLogOnceAndMakesTheSameSteps() throws Exception {
        TestTopics topics = TestTopics.shared();
        List<PreferencePair> pairs = pairs(2_000);
        topics.produce(Topics.PREFERENCE_PAIRS, pairs.subList(0, 1_000));
        topics.produceRaw(Topics.PREFERENCE_PAIRS.name(), null, new byte[] {0, 1, 2});
        topics.produce(Topics.PREFERENCE_PAIRS, pairs.subList(1_000, 2_000));
        List<String> log =
                List.of(
                        "--bootstrap-servers",
                        topics.connection().bootstrapServers(),
                        "--registry",
                        topics.connection().registryUrl());
        Path whole = folder.resolve("whole");
        Map<Long, Double> expected =
                TrainerProcess.runToTheEnd(TrainerProcess.start(whole, log, SETTINGS));

        Path killed = folder.resolve("killed");
        Map<Long, Double> losses = new TreeMap<>();
        for (int killAfter : new int[] {120, 90}) {
            Process process = TrainerProcess.start(killed, log, SETTINGS);
            assertThat(TrainerProcess.runUntil(process, killAfter, losses)).isNotZero();
        }
        losses.putAll(TrainerProcess.runToTheEnd(TrainerProcess.start(killed, log, SETTINGS)));

        assertThat(losses).hasSize(STEPS).isEqualTo(expected);
        JsonNode uninterrupted = TrainerProcess.summary(whole);
        JsonNode resumed = TrainerProcess.summary(killed);
        for (String figure :
                List.of("pairs", "replay", "pairsSeen", "pairsByLicence", "holdoutAccuracy")) {
            assertThat(resumed.path(figure)).as(figure).isEqualTo(uninterrupted.path(figure));
        }
        assertThat(resumed.at("/pairs/read").asLong()).isEqualTo(2_001);
        assertThat(resumed.at("/pairs/deadLettered").asLong()).isEqualTo(1);

        // Both runs announce the same three releases, the second one of them again after a kill.
        List<CheckpointPublished> announced = topics.readCommitted(Topics.CHECKPOINTS, 6, PATIENCE);
        assertThat(announced.stream().map(CheckpointPublished::getId).distinct())
                .containsExactlyElementsOf(resumed.path("checkpoints").findValuesAsText("id"))
                .hasSize(3);
        assertThat(announced.get(0).getMetrics()).containsKey("holdout-accuracy");
        List<DeadLetter> letters = topics.readCommitted(Topics.DEAD_LETTERS, 2, PATIENCE);
        assertThat(letters).allMatch(letter -> letter.getValue().remaining() == 3);
        assertThat(letters.stream().map(DeadLetter::getOffset).distinct()).hasSize(1);
    }

    @Test
    void askedToStopItWritesATrunkAndEndsWell() throws Exception {
        Path pairs = PairFile.separable(folder.resolve("pairs.jsonl"), 3_000);
        Path out = folder.resolve("out");
        Process process =
                TrainerProcess.start(
                        out,
                        List.of("--pairs", pairs.toString()),
                        "schedule.steps=100000000",
                        "replay.min-size=64");
        String ending = "";
        long step = 0;
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode event = JSON.readTree(line);
                ending = event.path("ending").asText();
                step = event.path("step").asLong();
                if (step == 10) {
                    process.toHandle().destroy();
                }
            }
        }
        assertThat(process.waitFor()).isZero();
        assertThat(ending).isEqualTo("stopped");
        assertThat(out.resolve("trunks").resolve("step-%09d".formatted(step))).isDirectory();
    }

    private List<PreferencePair> pairs(int count) throws IOException {
        Path file = PairFile.separable(folder.resolve("pairs.jsonl"), count);
        try (FilePairs source = new FilePairs(file, 0.1, TrainerConfig.HoldoutBy.PATH, 0)) {
            return source.take(count).stream()
                    .map(record -> ((LogRecord.Pair) record).pair())
                    .toList();
        }
    }
}
