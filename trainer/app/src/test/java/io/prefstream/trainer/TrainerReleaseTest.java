package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.PreferencePair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** When releases are made, what they say, and which are kept. */
class TrainerReleaseTest extends TokenTraining {

    @Test
    void releasesLeaveNoTraceInTheTrunk() throws IOException {
        Run without = train(config(folder.resolve("a"), Map.of("schedule.steps", "30")));
        Run with =
                train(
                        config(
                                folder.resolve("b"),
                                Map.of("schedule.steps", "30", "schedule.release-every", "7")));
        assertThat(with.losses()).isEqualTo(without.losses());
    }

    @Test
    void aReleaseSaysWhereItComesFrom() throws IOException {
        Path out = folder.resolve("out");
        train(
                config(
                        out,
                        Map.of(
                                "schedule.steps",
                                "40",
                                "evaluation.probes",
                                "true",
                                "release.license",
                                "apache-2.0",
                                "model.base",
                                "Qwen/Qwen2-0.5B")));
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
        JsonNode trunk = JSON.readTree(trunks(out).get(0).resolve("lineage.json").toFile());
        assertThat(trunk.path("positions")).isEqualTo(lineage.path("positions"));
        // The fork's last steps may draw pairs that the trunk never did.
        assertThat(trunk.path("pairsSeen").asLong())
                .isPositive()
                .isLessThanOrEqualTo(lineage.path("pairsSeen").asLong());
        assertThat(trunk.path("pairsByRepository")).isNotEmpty();
        assertThat(trunks(out).get(0).resolve("README.md"))
                .content()
                .contains("# prefstream-demo, step 40", "A trunk: what training goes on from");
        assertThat(release.resolve("README.md"))
                .content()
                .startsWith(
                        """
                        ---
                        library_name: transformers
                        pipeline_tag: text-classification
                        license: apache-2.0
                        base_model: Qwen/Qwen2-0.5B
                        tags: [prefstream, reward-model, preference-model, code]
                        ---

                        # prefstream-demo, step 40
                        """)
                .contains("holdout accuracy (95 % interval) | 1.000 (")
                .contains("Apache-2.0: ", "MIT: ")
                .contains("0: 600")
                .contains("of a trivial reader: unigram | 1.000 (")
                .contains("**Warning**: trivial readers are as good as the model");
    }

    @Test
    void aReleaseCountsThePairsThatItsForkAloneWasTrainedOn() throws IOException {
        List<PreferencePair> prepared = new ArrayList<>();
        Learner learner =
                new TokenLearner() {
                    @Override
                    public Batch prepare(List<PreferencePair> pairs, List<Double> weights) {
                        prepared.addAll(pairs);
                        return super.prepare(pairs, weights);
                    }
                };
        Path out = folder.resolve("out");
        Map<String, String> settings =
                Map.of(
                        "schedule.steps", "10",
                        "schedule.decay-fraction", "1",
                        "source.prefetch", "false");
        Run run =
                train(
                        config(out, settings),
                        Integer.MAX_VALUE,
                        NOON,
                        step -> {},
                        List.of(),
                        learner);
        JsonNode lineage =
                JSON.readTree(
                        Path.of(summary(out).at("/checkpoints/0/path").asText())
                                .resolve("lineage.json")
                                .toFile());
        assertThat(lineage.path("forkSteps").asLong()).isEqualTo(10);
        assertThat(prepared).hasSize(2 * 10 * 8);
        long ofTrunk = distinct(prepared.subList(0, 80));
        long ofBoth = distinct(prepared);
        assertThat(ofTrunk).isLessThan(80).isLessThan(ofBoth);
        assertThat(lineage.path("pairsSeen").asLong()).isEqualTo(ofBoth);
        assertThat(lineage.at("/pairsByRepository/file").asLong()).isEqualTo(ofBoth);
        assertThat(
                        lineage.at("/pairsByLicence/MIT").asLong()
                                + lineage.at("/pairsByLicence/Apache-2.0").asLong())
                .isEqualTo(ofBoth);
        CheckpointPublished announced = run.announced().get(0);
        assertThat(announced.getPairsSeen()).isEqualTo(ofBoth);
        assertThat(announced.getPairsByLicence().values().stream().mapToLong(n -> n).sum())
                .isEqualTo(ofBoth);
        // The trunk goes on without what its fork drew.
        assertThat(summary(out).path("pairsSeen").asLong()).isEqualTo(ofTrunk);
    }

    private static long distinct(List<PreferencePair> pairs) {
        return pairs.stream().map(PreferencePair::getId).distinct().count();
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
        Path out = folder.resolve("out");
        Run run = train(config(out, settings));
        JsonNode summary = summary(out);
        JsonNode published = summary.path("checkpoints");
        JsonNode refused = summary.path("refusedReleases");
        assertThat(published).hasSize(1);
        assertThat(refused).hasSize(1);
        assertThat(run.announced())
                .extracting(CheckpointPublished::getId)
                .containsExactly(published.get(0).path("id").asText());
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
        train(config(ungated, without));
        assertThat(ids(ungated)).hasSize(2);

        Path keepsOne = folder.resolve("keeps-one");
        Map<String, String> often = new LinkedHashMap<>(settings);
        often.put("schedule.release-every", "20");
        often.put("release.keep-refused", "1");
        train(config(keepsOne, often));
        List<JsonNode> refusedOnes = new ArrayList<>();
        summary(keepsOne).path("refusedReleases").forEach(refusedOnes::add);
        assertThat(refusedOnes).hasSizeGreaterThan(1);
        try (Stream<Path> folders = Files.list(keepsOne.resolve("refused"))) {
            assertThat(folders)
                    .containsExactly(
                            Path.of(refusedOnes.get(refusedOnes.size() - 1).path("path").asText()));
        }
    }

    @Test
    void releasesFollowTimeOrFreshPairs() throws IOException {
        Path byPairs = folder.resolve("pairs");
        train(
                config(
                        byPairs,
                        Map.of("schedule.steps", "30", "schedule.release-every-pairs", "200")));
        JsonNode releases = summary(byPairs).path("checkpoints");
        // 540 or so training pairs, 40 records a step: two full periods, and the last release.
        assertThat(releases.findValuesAsText("cause"))
                .containsExactly("fresh-pairs", "fresh-pairs", "end");

        Path byTime = folder.resolve("time");
        Clock ticking = new TickingClock(NOON.instant(), Duration.ofSeconds(1));
        train(
                config(byTime, Map.of("schedule.steps", "30", "schedule.release-every-time", "5m")),
                Integer.MAX_VALUE,
                ticking,
                step -> {});
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
                                "release.keep", "2")));
        assertThat(ids(out)).hasSize(6);
        try (Stream<Path> kept = Files.list(out.resolve("releases"))) {
            assertThat(kept.map(path -> path.getFileName().toString().substring(0, 14)).sorted())
                    .containsExactly("step-000000025", "step-000000030");
        }
    }
}
