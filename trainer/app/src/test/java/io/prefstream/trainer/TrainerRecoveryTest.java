package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.FileDigest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the next start makes of releases and trunks that a run left behind, and what it refuses. */
class TrainerRecoveryTest extends TokenTraining {

    private static final Clock A_DAY_LATER = Clock.offset(NOON, Duration.ofDays(1));

    @Test
    void aReleaseThatIsMadeAgainIsAnnouncedWithTheFilesThatItHas() throws IOException {
        publishedSixAndAHalfDaysAgo();
        Path out = folder.resolve("out");
        Map<String, String> settings =
                Map.of(
                        "schedule.steps", "30",
                        "schedule.release-every", "13",
                        "schedule.trunk-every-steps", "10");
        assertThatThrownBy(() -> trainUntilAnnounced(config(out, settings))).hasMessage("killed");
        Path release = names(out.resolve("releases")).get(0);
        String lineage = Files.readString(release.resolve("lineage.json"));
        assertThat(lineage).contains("under-7d").doesNotContain("under-30d");
        // As an older version left it.
        for (Path unannounced : unannounced(out)) {
            Files.delete(unannounced);
        }

        Map<String, String> relicensed = new LinkedHashMap<>(settings);
        relicensed.put("release.license", "apache-2.0");
        Run next = train(config(out, relicensed), A_DAY_LATER, announced -> {});
        assertThat(Files.readString(release.resolve("lineage.json"))).isEqualTo(lineage);
        assertThat(next.announced()).hasSize(3);
        assertThat(next.announced().get(0).getUri()).contains(release.getFileName().toString());
        for (CheckpointPublished announced : next.announced()) {
            assertIsWhatLiesThere(announced);
        }
    }

    @Test
    void aReleaseThatWasNotAnnouncedIsByTheNextStart() throws IOException {
        Path out = folder.resolve("out");
        assertThatThrownBy(
                        () ->
                                trainUntilAnnounced(
                                        config(
                                                out,
                                                Map.of(
                                                        "schedule.steps", "30",
                                                        "schedule.release-every", "13",
                                                        "schedule.trunk-every-steps", "10"))))
                .hasMessage("killed");
        assertThat(unannounced(out)).hasSize(1);
        // It isn't made again, since none is due before the end.
        Run next = train(config(out, Map.of("schedule.steps", "30")));
        assertThat(next.announced())
                .extracting(CheckpointPublished::getStep)
                .containsExactly(13L, 30L);
        for (CheckpointPublished announced : next.announced()) {
            assertIsWhatLiesThere(announced);
        }
        assertThat(unannounced(out)).isEmpty();
        assertThat(train(config(out, Map.of("schedule.steps", "30"))).announced()).isEmpty();
    }

    @Test
    void aReleaseThatNeverGotItsNameIsNotAnnounced() throws IOException {
        Path out = folder.resolve("out");
        Map<String, String> settings =
                Map.of("schedule.steps", "30", "schedule.release-every", "13");
        assertThatThrownBy(() -> trainUntilAnnounced(config(out, settings))).hasMessage("killed");
        CheckpointFolder.delete(names(out.resolve("releases")).get(0));
        Run next = train(config(out, Map.of("schedule.steps", "30")));
        assertThat(next.announced()).extracting(CheckpointPublished::getStep).containsExactly(30L);
        assertThat(unannounced(out)).isEmpty();
    }

    @Test
    void theReleaseThatWasJustMadeIsKeptWhateverAnotherRunLeftThere() throws IOException {
        Path out = folder.resolve("out");
        train(config(out, Map.of("schedule.steps", "45", "release.keep", "1")));
        CheckpointFolder.delete(out.resolve("trunks"));
        Map<String, String> anew =
                Map.of(
                        "schedule.steps", "30",
                        "schedule.release-every", "10",
                        "release.keep", "2");
        train(config(out, anew), 11);
        assertThat(names(out.resolve("releases")))
                .extracting(path -> path.getFileName().toString().substring(0, 14))
                .containsExactly("step-000000010", "step-000000045");
        train(config(out, anew));
        assertThat(names(out.resolve("releases")))
                .extracting(path -> path.getFileName().toString().substring(0, 14))
                .containsExactly("step-000000020", "step-000000030");
    }

    @Test
    void aDamagedTrunkIsNotCountedAsOneThatIsKept() throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("schedule.steps", "60");
        settings.put("schedule.trunk-every-steps", "20");
        settings.put("source.prefetch", "false");
        Map<Long, Double> whole = train(config(folder.resolve("whole"), settings)).losses();
        Path out = folder.resolve("out");
        Map<Long, Double> losses = new TreeMap<>(train(config(out, settings), 40).losses());
        Path damaged = out.resolve("trunks/step-000000040");
        Files.write(damaged.resolve("weights.bin"), new byte[] {1, 2, 3});

        settings.put("keep-trunks", "1");
        losses.putAll(train(config(out, settings), 3).losses());
        assertThat(trunks(out)).containsExactly(out.resolve("trunks/step-000000023"), damaged);
        losses.putAll(train(config(out, settings), 20).losses());
        assertThat(losses).hasSize(43);
        // The one of that name has taken its place by now, and has gone in its turn.
        assertThat(trunks(out)).containsExactly(out.resolve("trunks/step-000000043"));
        losses.putAll(train(config(out, settings)).losses());
        assertThat(losses).isEqualTo(whole);
    }

    @Test
    void anotherSourceIsRefusedAndTheSameOneElsewhereIsNot() throws IOException {
        Path out = folder.resolve("out");
        train(config(out, Map.of("schedule.steps", "20")));
        // Of the same name, but not the same.
        Path other =
                reversed(Files.createDirectory(folder.resolve("other")).resolve("pairs.jsonl"));
        assertThatThrownBy(() -> goOn(out, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("source.pairs=" + other + ": trunk ")
                .hasMessageContaining("was trained from %s, which began with another row", pairs)
                .hasMessageContaining("expected that again or another out")
                .hasMessageContaining("{0=600}");
        assertThat(trunks(out)).isNotEmpty();
        Path moved = Files.copy(pairs, folder.resolve("moved.jsonl"));
        assertThat(goOn(out, moved).losses().keySet()).containsExactly(21L, 22L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"logBeginsWith", "log"})
    void ofAnOlderTrunkTheNameOfItsSourceDecidesIfItHasOne(String field) throws IOException {
        Path out = folder.resolve("out");
        train(config(out, Map.of("schedule.steps", "20")));
        Path trunk = trunks(out).get(trunks(out).size() - 1);
        ObjectNode lineage = (ObjectNode) JSON.readTree(trunk.resolve("lineage.json").toFile());
        lineage.remove(List.of("logBeginsWith", field));
        JSON.writeValue(trunk.resolve("lineage.json").toFile(), lineage);
        Files.delete(trunk.resolve(Manifest.NAME));
        Manifest.seal(trunk, folder);
        Path other = reversed(folder.resolve("other.jsonl"));
        if (field.equals("logBeginsWith")) {
            assertThatThrownBy(() -> goOn(out, other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("was trained from %s, expected that again", pairs);
            Path elsewhere = Files.createDirectory(folder.resolve("other")).resolve("pairs.jsonl");
            assertThat(goOn(out, Files.copy(pairs, elsewhere)).losses()).hasSize(2);
        } else {
            assertThat(goOn(out, other).losses()).hasSize(2);
        }
    }

    @Test
    void anotherSeedIsRefused() throws IOException {
        Path out = folder.resolve("out");
        train(config(out, Map.of("schedule.steps", "20")));
        assertThatThrownBy(
                        () -> train(config(out, Map.of("schedule.steps", "22", "seed", "7")), 22))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "seed=7: trunk %s was trained with seed=1; give that again, or another out",
                        out.resolve("trunks/step-000000020"));
    }

    private static void trainUntilAnnounced(TrainerConfig config) throws IOException {
        train(
                config,
                NOON,
                release -> {
                    throw new IllegalStateException("killed");
                });
    }

    private Run goOn(Path out, Path source) throws IOException {
        return train(
                config(out, Map.of("schedule.steps", "22", "source.pairs", source.toString())));
    }

    private Path reversed(Path file) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(pairs));
        Collections.reverse(lines);
        return Files.write(file, lines);
    }

    private void publishedSixAndAHalfDaysAgo() throws IOException {
        List<String> dated = new ArrayList<>();
        for (String line : Files.readAllLines(pairs)) {
            ObjectNode pair = (ObjectNode) JSON.readTree(line);
            pair.put(
                    "published_at", NOON.instant().minus(Duration.ofHours(6 * 24 + 12)).toString());
            dated.add(JSON.writeValueAsString(pair));
        }
        Files.write(pairs, dated);
    }

    private static void assertIsWhatLiesThere(CheckpointPublished announced) throws IOException {
        Path release = Path.of(URI.create(announced.getUri()));
        assertThat(announced.getFiles()).isNotEmpty();
        for (FileDigest file : announced.getFiles()) {
            Path there = release.resolve(file.getName());
            assertThat(io.prefstream.model.files.FileDigest.sha256(List.of(there)))
                    .as(there.toString())
                    .isEqualTo(file.getSha256());
            assertThat(there).hasSize(file.getBytes());
        }
    }

    private static List<Path> unannounced(Path out) throws IOException {
        try (Stream<Path> paths = Files.list(out.resolve("releases"))) {
            return paths.filter(path -> path.getFileName().toString().startsWith(".unannounced"))
                    .toList();
        }
    }

    private static List<Path> names(Path releases) throws IOException {
        return CheckpointFolder.finished(releases);
    }
}
