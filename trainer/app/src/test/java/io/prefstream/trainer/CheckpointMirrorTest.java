package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.schemas.CheckpointPublished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checkpoints on an object store that speaks S3, through Hadoop's client of it. */
class CheckpointMirrorTest extends TokenTraining {

    private S3Server store;

    @BeforeEach
    void open() throws Exception {
        store = new S3Server(folder.resolve("objects"));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Test
    void aMachineThatHasNothingGoesOnFromTheTrunkOfTheStore() throws IOException {
        Map<Long, Double> whole =
                train("whole", Integer.MAX_VALUE, Map.of("output.uri", "null")).losses();
        Run first = train("first-machine", 23, Map.of());
        assertThat(first.losses()).hasSize(23);
        Run second = train("second-machine", Integer.MAX_VALUE, Map.of());
        assertThat(second.losses().keySet()).contains(24L, 50L).doesNotContain(23L);
        Map<Long, Double> both = new TreeMap<>(first.losses());
        both.putAll(second.losses());
        assertThat(both).isEqualTo(whole);
        // And back: the first machine's own trunk is older by now.
        assertThat(train("first-machine", Integer.MAX_VALUE, Map.of()).losses()).isEmpty();
    }

    @Test
    void aReleaseIsAnnouncedByAUriFromWhichItIsFetchedAsItWasWritten() throws IOException {
        Run run = train("out", Integer.MAX_VALUE, Map.of("schedule.release-every", "20"));
        assertThat(run.announced()).hasSize(3);
        for (CheckpointPublished release : run.announced()) {
            assertThat(release.getUri()).startsWith(store.uri("run/releases/step-0000000"));
            Path cache = folder.resolve("cache");
            Path fetched = ModelLocation.folder("--model", release.getUri(), cache);
            assertThat(release.getUri()).endsWith("/" + fetched.getFileName());
            Path local = folder.resolve("out/releases").resolve(fetched.getFileName());
            for (Path file : files(local)) {
                assertThat(fetched.resolve(file.getFileName())).hasSameBinaryContentAs(file);
            }
            assertThat(ModelLocation.lineage(release.getUri()))
                    .isEqualTo(Files.readString(local.resolve("lineage.json")));
            // Fetched once: what is there and whole isn't asked for again.
            Files.delete(store.file("run/releases/" + fetched.getFileName() + "/model.txt"));
            assertThat(ModelLocation.folder("--model", release.getUri(), cache)).isEqualTo(fetched);
        }
        String gone = run.announced().get(0).getUri();
        assertThatThrownBy(() -> ModelLocation.folder("--model", gone, folder.resolve("other")))
                .isInstanceOf(IOException.class)
                .hasMessage("--model=%s: model.txt is missing", gone);
    }

    @Test
    void whileTheStoreIsAwayTrainingGoesOnAndNothingIsLost() throws IOException {
        Run run =
                train(
                        "out",
                        Integer.MAX_VALUE,
                        Map.of("schedule.trunk-every-steps", "20"),
                        step -> {
                            if (step == 15) {
                                store.stop();
                            } else if (step == 35) {
                                store.restart();
                            }
                        });
        assertThat(run.losses()).hasSize(50);
        assertThat(stored("trunks")).containsExactly("step-000000040", "step-000000050");
        assertThat(run.announced()).hasSize(1);
        assertThat(stored("releases"))
                .containsExactly(
                        String.valueOf(Path.of(run.announced().get(0).getUri()).getFileName()));
    }

    @Test
    void aStoreThatStaysAwayEndsTheRunAndTheNextStartCatchesUp() throws IOException {
        assertThatThrownBy(
                        () ->
                                train(
                                        "out",
                                        Integer.MAX_VALUE,
                                        Map.of("output.outage-limit", "1ms"),
                                        step -> {
                                            if (step == 45) {
                                                store.stop();
                                            }
                                        }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("output.uri=s3a://models/run can't be written to")
                .hasMessageContaining("output.outage-limit=PT0.001S")
                .hasMessageContaining("the next start copies what it lacks");
        store.restart();
        Run next = train("out", Integer.MAX_VALUE, Map.of());
        assertThat(next.announced()).hasSize(1);
        assertThat(stored("trunks")).contains("step-000000050");
        assertThat(stored("releases")).hasSize(1);
    }

    @Test
    void theStoreKeepsAsManyAsTheFolder() throws IOException {
        train(
                "out",
                Integer.MAX_VALUE,
                Map.of(
                        "schedule.trunk-every-steps", "10",
                        "schedule.release-every", "10",
                        "release.keep", "2"));
        assertThat(stored("trunks")).containsExactly("step-000000040", "step-000000050");
        assertThat(stored("releases"))
                .hasSize(2)
                .allMatch(name -> name.compareTo("step-00000004") > 0);
    }

    @Test
    void whatHasNoManifestIsNoTrunkAndADamagedOneIsPassedOver() throws IOException {
        train("first-machine", 30, Map.of("schedule.trunk-every-steps", "10"));
        assertThat(stored("trunks")).containsExactly("step-000000020", "step-000000030");
        Files.writeString(
                store.file("run/trunks/step-000000030/state.json"), " ", StandardOpenOption.APPEND);
        Path unfinished = Files.createDirectories(store.file("run/trunks/step-000000099"));
        Files.writeString(unfinished.resolve("state.json"), "{}");

        Run second = train("second-machine", Integer.MAX_VALUE, Map.of());
        assertThat(second.losses().keySet()).contains(21L, 50L).doesNotContain(20L);
        assertThat(second.passedOver())
                .containsExactly(
                        "trunk step-000000030 of output.uri is damaged: state.json is not what was"
                                + " written");
    }

    @Test
    void aUriThatCannotBeIsRefusedInOneLineBeforeAnythingIsWritten() {
        Map<String, String> refusals =
                Map.of(
                        "gopher://host/x", "can't be used: No FileSystem for scheme \"gopher\"",
                        "s3a://nobody/x",
                                "can't be written to: The specified bucket does not exist",
                        "hdfs://nowhere.invalid:9/x", "can't be used: unknown host nowhere.invalid",
                        "models", "is no URI of a file system: expected one such as s3a://");
        refusals.forEach(
                (uri, why) -> {
                    CommandRun run =
                            CommandRun.of(
                                    "",
                                    "train",
                                    "--pairs",
                                    pairs.toString(),
                                    "--steps",
                                    "5",
                                    "--out",
                                    folder.resolve("out").toString(),
                                    "--set",
                                    "output.uri=" + uri);
                    assertThat(run.code()).isEqualTo(2);
                    assertThat(run.complaint()).contains("output.uri=" + uri + " " + why);
                });
        assertThat(folder.resolve("out")).doesNotExist();
        assertThat(CommandRun.of("", "score", "--model", store.uri("nothing")).complaint())
                .contains("--model=s3a://models/nothing is no release: it has no manifest.json");
    }

    private Run train(String out, int stopAfter, Map<String, String> settings) throws IOException {
        return train(out, stopAfter, settings, step -> {});
    }

    private Run train(
            String out, int stopAfter, Map<String, String> settings, LongConsumer afterStep)
            throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("output.uri", store.uri("run"));
        all.put("source.prefetch", "false");
        all.put("schedule.steps", "50");
        all.putAll(settings);
        return train(config(folder.resolve(out), all), stopAfter, Clock.systemUTC(), afterStep);
    }

    /** Checkpoints of the store that have a manifest. */
    private List<String> stored(String kind) throws IOException {
        List<String> names = new ArrayList<>();
        for (Path path : files(store.file("run/" + kind))) {
            if (Files.exists(path.resolve("manifest.json"))) {
                names.add(path.getFileName().toString());
            }
        }
        return names;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.sorted().toList();
        }
    }
}
