package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.replay.PairCodec;
import io.prefstream.replay.ReplayBuffer;
import io.prefstream.replay.ReplayException;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.OptOutScope;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run makes of the trunks that another one left. */
class TrainerRestoreTest extends TokenTraining {

    @Test
    void aResumedRunMakesTheStepsOfAnUninterruptedOne() throws IOException {
        Map<String, String> settings =
                Map.of("schedule.steps", "50", "schedule.release-every", "20");
        Run whole = train(config(folder.resolve("whole"), settings));

        Path out = folder.resolve("parts");
        Map<Long, Double> losses = inParts(out, settings, 7, 13, 1);
        assertThat(losses).hasSize(50).isEqualTo(whole.losses());
        assertThat(summary(out).path("pairs"))
                .isEqualTo(summary(folder.resolve("whole")).path("pairs"));
        assertThat(summary(out).path("replay"))
                .isEqualTo(summary(folder.resolve("whole")).path("replay"));
        assertThat(ids(out)).isEqualTo(ids(folder.resolve("whole"))).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"uniform, fifo", "prioritized, fifo", "max-heap, fifo", "uniform, min-heap"})
    void prefetchingChangesNothing(String sampler, String remover) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("replay.sampler", sampler);
        settings.put("replay.remover", remover);
        settings.put("replay.capacity", remover.equals("fifo") ? "200000" : "100");
        settings.put("schedule.steps", "50");
        settings.put("schedule.release-every-pairs", "150");
        settings.put("schedule.trunk-every-steps", "9");
        settings.put("evaluation.every", "7");
        settings.put("replay.samples-per-insert", "2");
        settings.put("keep-trunks", "100");
        Path ahead = folder.resolve("ahead");
        Run with = train(config(ahead, settings));
        settings.put("source.prefetch", "false");
        Path oneByOne = folder.resolve("one-by-one");
        Run without = train(config(oneByOne, settings));
        assertThat(with.losses()).hasSize(50).isEqualTo(without.losses());
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
        Run whole = train(config(folder.resolve("whole"), settings));
        Path out = folder.resolve("parts");
        Map<Long, Double> losses = inParts(out, settings, 7, 13, 1);
        assertThat(losses).hasSize(50).isEqualTo(whole.losses());
        JsonNode replay = summary(out).path("replay");
        assertThat(replay).isEqualTo(summary(folder.resolve("whole")).path("replay"));
        assertThat(replay.path("evicted").asLong()).isPositive();
        assertThat(replay.path("inserted").asLong())
                .isEqualTo(replay.path("size").asLong() + replay.path("evicted").asLong());
        // Two more tables would have other losses: those of uniform draws from one table.
        assertThat(losses)
                .isNotEqualTo(
                        train(config(folder.resolve("uniform"), Map.of("schedule.steps", "50")))
                                .losses());
    }

    @Test
    void aTrunkWithoutHistoryIsGoneOnFromWithAnEmptyOne() throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("schedule.steps", "30");
        settings.put("replay.history.capacity", "0");
        Run whole = train(config(folder.resolve("whole"), settings));
        Path out = folder.resolve("out");
        train(config(out, settings), 12);
        settings.remove("replay.history.capacity");
        Run resumed = train(config(out, settings));
        assertThat(resumed.losses().keySet()).contains(14L, 30L).doesNotContain(12L);
        assertThat(whole.losses()).containsAllEntriesOf(resumed.losses());
    }

    @Test
    void aDamagedTrunkIsPassedOver() throws IOException {
        Map<String, String> settings =
                Map.of("schedule.steps", "30", "schedule.trunk-every-steps", "10");
        Run whole = train(config(folder.resolve("whole"), settings));
        Path out = folder.resolve("out");
        train(config(out, settings), 25);
        Path newest = trunks(out).get(1);
        Files.write(newest.resolve("weights.bin"), new byte[] {1, 2, 3});

        Run resumed = train(config(out, settings));
        assertThat(resumed.passedOver())
                .containsExactly(
                        "trunk %s is damaged: weights.bin is not what was written"
                                .formatted(newest));
        assertThat(resumed.losses().keySet()).contains(21L).doesNotContain(20L);
        assertThat(whole.losses()).containsAllEntriesOf(resumed.losses());
    }

    @Test
    void trunksThatAreAllDamagedStopTheStart() throws IOException {
        Path out = folder.resolve("out");
        train(config(out, Map.of("schedule.steps", "5")));
        for (Path trunk : trunks(out)) {
            Files.delete(trunk.resolve("state.json"));
        }
        assertThatThrownBy(() -> train(config(out, Map.of("schedule.steps", "9")), 9))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("state.json is missing");
    }

    @Test
    void aTableThatIsBeingReshardedIsNotMadeAnew() throws IOException {
        Path out = folder.resolve("out");
        train(config(out, Map.of("schedule.steps", "5")));
        try (FileChannel channel =
                        FileChannel.open(out.resolve("table.lock"), StandardOpenOption.WRITE);
                FileLock reshard = channel.lock()) {
            assertThatThrownBy(() -> train(config(out, Map.of("schedule.steps", "9"))))
                    .isInstanceOf(ReplayException.class)
                    .hasMessage("a reshard of %s is under way".formatted(out.resolve("table")));
            assertThat(reshard.isValid()).isTrue();
        }
        assertThat(out.resolve("table/CURRENT")).exists();
        assertThat(train(config(out, Map.of("schedule.steps", "9"))).losses()).hasSize(4);
    }

    @Test
    void keepsTheNewestTrunksOnly() throws IOException {
        Path out = folder.resolve("out");
        train(config(out, Map.of("schedule.steps", "30", "schedule.trunk-every-steps", "5")));
        assertThat(trunks(out))
                .extracting(path -> path.getFileName().toString())
                .containsExactly("step-000000025", "step-000000030");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6})
    void fromATrunkOfAnOlderVersionItGoesOn(int version) throws IOException {
        Path out = folder.resolve("out");
        Map<String, String> settings =
                Map.of("schedule.steps", "30", "schedule.release-every", "8");
        Run whole = train(config(folder.resolve("whole"), settings));
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
        Manifest.seal(trunk, folder);

        Run resumed = train(config(out, settings));
        assertThat(resumed.losses().keySet()).contains(21L, 30L).doesNotContain(20L);
        assertThat(whole.losses()).containsAllEntriesOf(resumed.losses());
        JsonNode summary = summary(out);
        assertThat(summary.path("pairs")).isEqualTo(summary(folder.resolve("whole")).path("pairs"));
        assertThat(summary.path("prequentialPairs").asLong()).isGreaterThan(500);
        assertThat(summary.path("checkpoints")).hasSize(4);
    }

    /** Whether or not anybody put tombstones on the log. */
    @Test
    void whatIsOptedOutByTheNextStartIsNeitherTrainedOnNorJudgedAnyMore() throws IOException {
        Path out = folder.resolve("out");
        Map<String, String> settings = Map.of("schedule.steps", "30", "source.prefetch", "false");
        train(config(out, settings), 20);
        assertThat(pathsOf(out)).anyMatch(path -> path.startsWith("File1"));
        assertThat(heldOutPathsOf(out)).anyMatch(path -> path.startsWith("File1"));
        long optedOutOfHoldout =
                heldOutPathsOf(out).stream().filter(path -> path.startsWith("File1")).count();
        long inserted = summary(out).at("/replay/inserted").asLong();

        OptOut some =
                OptOut.newBuilder()
                        .setScope(OptOutScope.PATH_PREFIX)
                        .setRepository("file")
                        .setPathPrefix("File1")
                        .setRequestedAt(NOON.instant())
                        .setReason("asked")
                        .build();
        Run resumed =
                train(config(out, settings), Integer.MAX_VALUE, NOON, step -> {}, List.of(some));
        assertThat(resumed.losses().keySet()).contains(21L, 30L).doesNotContain(20L);
        assertThat(pathsOf(out)).isNotEmpty().noneMatch(path -> path.startsWith("File1"));
        assertThat(heldOutPathsOf(out)).isNotEmpty().noneMatch(path -> path.startsWith("File1"));
        JsonNode replay = summary(out).path("replay");
        assertThat(replay.path("removed").asLong()).isPositive();
        JsonNode back = summary(out).at("/pairs/takenBack");
        long trainedOn = back.path("trainedOn").asLong();
        assertThat(trainedOn).isPositive();
        assertThat(back.path("untrained").asLong()).isPositive();
        assertThat(trainedOn + back.path("untrained").asLong())
                .isEqualTo(replay.path("removed").asLong());
        assertThat(back.path("heldOut").asLong()).isEqualTo(optedOutOfHoldout);
        assertThat(back.path("notHeld").asLong()).isZero();
        Path release = Path.of(summary(out).at("/checkpoints/0/path").asText());
        assertThat(release.resolve("README.md"))
                .content()
                .contains(
                        "| pairs taken back (opt-outs and other recalls) after it was trained on them | %,d |"
                                .formatted(trainedOn))
                .contains("| held out pairs taken back | %,d |".formatted(optedOutOfHoldout));
        assertThat(replay.path("inserted").asLong())
                .isEqualTo(inserted)
                .isEqualTo(replay.path("size").asLong() + replay.path("removed").asLong());

        OptOut all = OptOut.newBuilder(some).setScope(OptOutScope.REPOSITORY).build();
        Map<String, String> more = Map.of("schedule.steps", "33");
        Run last = train(config(out, more), Integer.MAX_VALUE, NOON, step -> {}, List.of(all));
        assertThat(last.ending()).isEqualTo(Trainer.Ending.DRY);
        assertThat(last.losses()).isEmpty();
        assertThat(pathsOf(out)).isEmpty();
    }

    private List<String> pathsOf(Path out) throws IOException {
        List<Path> trunks = trunks(out);
        Path copy = Files.createTempDirectory(folder, "table");
        List<String> paths = new ArrayList<>();
        try (ReplayBuffer table =
                ReplayBuffer.openCheckpoint(
                        TrunkStore.table(trunks.get(trunks.size() - 1)),
                        copy,
                        config(out, Map.of("schedule.steps", "1")).replay().settings())) {
            PairCodec codec = new PairCodec(table);
            table.forEach(
                    Long.MAX_VALUE,
                    (id, bytes) -> paths.add(codec.decode(bytes).getCandidate().getPath()));
        }
        return paths;
    }

    private static List<String> heldOutPathsOf(Path out) throws IOException {
        List<Path> trunks = trunks(out);
        HoldoutSet holdout = new HoldoutSet(1_000);
        holdout.load(TrunkStore.holdout(trunks.get(trunks.size() - 1)));
        return holdout.pairs().stream().map(pair -> pair.getCandidate().getPath()).toList();
    }
}
