package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.schemas.PreferencePair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Batches by tokens, and the weights of a batch's pairs. */
class TrainerBatchTest extends TokenTraining {

    @Test
    void aBatchByTokensEndsWithThePairThatFillsIt() throws IOException {
        Map<String, String> settings = byTokens();
        Path out = folder.resolve("out");
        Run run = train(config(out, settings));
        assertThat(run.losses()).hasSize(50);
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
    void theStepsThatDrewAPairAreToldWhereThatIsAskedFor() throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("schedule.steps", "30");
        settings.put("source.holdout-share", "0");
        settings.put("progress.every", "7");
        assertThat(drawn(train(config(folder.resolve("untold"), settings)))).isEmpty();

        settings.put("progress.keys", "true");
        Path out = folder.resolve("told");
        List<JsonNode> drawn = drawn(train(config(out, settings)));
        List<JsonNode> trunk =
                drawn.stream().filter(event -> event.path("forkStep").isNull()).toList();
        assertThat(trunk).hasSize(30);
        for (int i = 0; i < 30; i++) {
            assertThat(trunk.get(i).path("step").asInt()).isEqualTo(i + 1);
            assertThat(trunk.get(i).path("keys")).hasSize(8);
        }
        // The release at the end decays over a tenth of the steps before it.
        assertThat(drawn.subList(30, drawn.size()))
                .extracting(event -> event.path("forkStep").asInt())
                .containsExactly(1, 2, 3);

        Set<String> known =
                PairFile.read(pairs, 0).stream()
                        .map(PreferencePair::getId)
                        .collect(Collectors.toSet());
        assertThat(trunk)
                .allSatisfy(event -> assertThat(known).containsAll(texts(event.path("keys"))));
        Set<String> distinct =
                trunk.stream()
                        .flatMap(event -> texts(event.path("keys")).stream())
                        .collect(Collectors.toSet());
        assertThat(summary(out).path("pairsSeen").asInt()).isEqualTo(distinct.size());

        // A restart draws the same again.
        Path parts = folder.resolve("parts");
        List<JsonNode> again = drawn(train(config(parts, settings), 11));
        again.addAll(drawn(train(config(parts, settings))));
        assertThat(new LinkedHashSet<>(again)).containsExactlyInAnyOrderElementsOf(drawn);
    }

    private static List<JsonNode> drawn(Run run) {
        return run.events().stream()
                .filter(event -> event.path("event").asText().equals("drawn"))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    @Test
    void batchesByTokensAreTheSameAheadOrNotAndBehindARestart() throws IOException {
        Map<String, String> settings = byTokens();
        Run whole = train(config(folder.resolve("whole"), settings));

        Path out = folder.resolve("parts");
        Map<Long, Double> losses = inParts(out, settings, 7, 13, 1);
        assertThat(losses).hasSize(50).isEqualTo(whole.losses());
        assertThat(summary(out).path("replay"))
                .isEqualTo(summary(folder.resolve("whole")).path("replay"));
        assertThat(ids(out)).isEqualTo(ids(folder.resolve("whole"))).hasSize(3);

        settings.put("source.prefetch", "false");
        Run oneByOne = train(config(folder.resolve("one-by-one"), settings));
        assertThat(oneByOne.losses()).isEqualTo(whole.losses());
    }

    @Test
    void aBatchByTokensThatTheTableCannotFillWaitsForMorePairs() throws IOException {
        Path out = folder.resolve("out");
        JsonNode summary =
                untilDry(
                        out,
                        Map.of(
                                "schedule.steps", "500",
                                "batch.pairs", "null",
                                "batch.tokens", "200",
                                "replay.min-size", "2",
                                "replay.max-times-sampled", "1",
                                "source.pairs-per-step", "3"));
        JsonNode replay = summary.path("replay");
        // What is left is less than a batch.
        assertThat(replay.path("size").asLong()).isLessThan(34);
        assertThat(replay.path("sampled").asLong())
                .isEqualTo(replay.path("inserted").asLong() - replay.path("size").asLong());
        assertThat(summary(out).path("pairsSeen").asLong())
                .isEqualTo(replay.path("sampled").asLong());
        // 540 pairs of 10 tokens or so.
        assertThat(summary(out).path("step").asLong()).isBetween(22L, 28L);
    }

    /** What is used up goes on to a history of no share. */
    @Test
    void whatIsNotDrawnFromFillsNoBatch() throws IOException {
        Path out = folder.resolve("out");
        JsonNode summary =
                untilDry(
                        out,
                        Map.of(
                                "schedule.steps", "500",
                                "batch.pairs", "16",
                                "replay.min-size", "16",
                                "replay.max-times-sampled", "1",
                                "replay.history.capacity", "1000",
                                "replay.history.fraction", "0",
                                "source.pairs-per-step", "20"));
        JsonNode replay = summary.path("replay");
        // Each pair once, but for what is left at the end and is less than a batch.
        assertThat(replay.path("inserted").asLong() - replay.path("sampled").asLong())
                .isBetween(0L, 15L);
        assertThat(summary(out).path("step").asLong())
                .isEqualTo(replay.path("sampled").asLong() / 16);
    }

    @Test
    void aLimiterHoldsForBatchesByTokensToo() throws IOException {
        Path out = folder.resolve("out");
        JsonNode summary =
                untilDry(
                        out,
                        Map.of(
                                "batch.pairs", "null",
                                "batch.tokens", "100",
                                "replay.samples-per-insert", "1",
                                "replay.error-buffer", "20"));
        JsonNode replay = summary.path("replay");
        long left = replay.path("inserted").asLong() - replay.path("sampled").asLong();
        // diff = inserted − sampled stays at or above 64 − 20, and no batch of 17 more fits.
        assertThat(left).isBetween(44L, 44L + 16);
    }

    @Test
    void importanceWeightsChangeTheLossOfPrioritizedDrawsAlone() throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("schedule.steps", "40");
        settings.put("replay.sampler", "prioritized");
        Run unweighted = train(config(folder.resolve("unweighted"), settings));
        settings.put("replay.importance.exponent", "0.4");
        settings.put("replay.importance.anneal-steps", "30");
        Run weighted = train(config(folder.resolve("weighted"), settings));
        assertThat(weighted.losses().get(1L))
                .as("equal priorities")
                .isEqualTo(unweighted.losses().get(1L));
        assertThat(weighted.losses()).isNotEqualTo(unweighted.losses());

        Path out = folder.resolve("parts");
        Map<Long, Double> losses = inParts(out, settings, 11, 9);
        assertThat(losses).isEqualTo(weighted.losses());

        settings.put("replay.sampler", "uniform");
        Run uniform = train(config(folder.resolve("uniform"), settings));
        assertThat(uniform.losses())
                .isEqualTo(
                        train(config(folder.resolve("plain"), Map.of("schedule.steps", "40")))
                                .losses());
    }

    private static Map<String, String> byTokens() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("schedule.steps", "50");
        settings.put("schedule.release-every", "20");
        settings.put("batch.pairs", "null");
        settings.put("batch.tokens", "100");
        return settings;
    }
}
