package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Fresh pairs that become harder. */
class TrainerDriftTest extends TokenTraining {

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
                                        "drift.action", "release")));
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
        assertThat(run.losses()).hasSize(60);
        List<ObjectNode> trunks = events(run, "trunk");
        assertThat(trunks.get(trunks.size() - 1).path("prequentialBy"))
                .hasToString(summary.path("prequentialBy").toString());
    }

    /** Its rewards are all the same, as those of a model that collapsed. */
    private static final class Collapsed extends TokenLearner {
        @Override
        double reward(String text) {
            return 3;
        }
    }

    @Test
    void aModelThatCollapsesIsRightInAHalfWhichIsAnAlarmAndKeptInATrunk() throws IOException {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        Map<String, String> settings =
                Map.of(
                        "schedule.steps", "60",
                        "source.pairs-per-step", "10",
                        "evaluation.prequential-window", "100");
        train(config(whole, settings), 30);
        train(config(parts, settings), 30);
        collapse(config(whole, settings), Integer.MAX_VALUE);
        collapse(config(parts, settings), 13);
        collapse(config(parts, settings), Integer.MAX_VALUE);

        JsonNode summary = summary(parts);
        assertThat(summary.path("prequentialAccuracy").asDouble()).isEqualTo(0.5);
        assertThat(summary.at("/prequentialBy/age/unknown/right").asDouble()).isEqualTo(50);
        assertThat(summary.path("holdoutAccuracy").asDouble()).isEqualTo(0.5);
        assertThat(summary.path("rewardVariance").asDouble()).isZero();
        JsonNode alarm = summary.path("driftAlarms").path(0);
        assertThat(alarm.at("/before/value").asDouble()).isGreaterThan(0.8);
        assertThat(alarm.at("/after/value").asDouble()).isBetween(0.49, 0.6);
        for (String figure :
                List.of("prequentialAccuracyOverall", "prequentialBy", "driftAlarms", "curve")) {
            assertThat(summary.path(figure)).isEqualTo(summary(whole).path(figure));
        }
    }

    private static Run collapse(TrainerConfig config, int stopAfter) throws IOException {
        return train(config, stopAfter, NOON, step -> {}, List.of(), new Collapsed());
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
        Run run = train(config(whole, settings));
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
        int alarm = alarms.get(0).path("step").asInt();
        Map<Long, Double> losses = inParts(out, settings, alarm + 2, 3);
        assertThat(losses).isEqualTo(run.losses());
        Map<String, String> without = new LinkedHashMap<>(settings);
        without.put("drift.action", "none");
        assertThat(losses).isNotEqualTo(train(config(folder.resolve("none"), without)).losses());
    }

    /** Behind the pairs there are as many again whose label is the other way round. */
    private void addHarderPairs() throws IOException {
        List<String> all = new ArrayList<>(Files.readAllLines(pairs));
        for (String line : Files.readAllLines(pairs)) {
            ObjectNode pair = (ObjectNode) JSON.readTree(line);
            String better = pair.path("chosen").asText();
            pair.put("chosen", pair.path("rejected").asText() + " new");
            pair.put("rejected", better);
            pair.put("language", "rust");
            pair.put("id", "harder " + pair.path("path").asText());
            all.add(JSON.writeValueAsString(pair));
        }
        Files.write(pairs, all);
    }

    private static List<ObjectNode> events(Run run, String name) {
        return run.events().stream()
                .filter(event -> event.path("event").asText().equals(name))
                .toList();
    }
}
