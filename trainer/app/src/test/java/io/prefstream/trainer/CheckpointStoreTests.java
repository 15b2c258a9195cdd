package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.schemas.CheckpointPublished;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checkpoints on a store that other machines reach too, through Hadoop's client of it. */
abstract class CheckpointStoreTests extends TokenTraining {

    /** A server that keeps files, and which can go away for a while. */
    interface Store extends AutoCloseable {
        String uri(String path);

        void stop();

        void restart();

        @Override
        void close() throws IOException;
    }

    Store store;
    private FileSystem files;

    abstract Store start() throws Exception;

    @BeforeEach
    void open() throws Exception {
        store = start();
        files = FileSystem.newInstance(URI.create(store.uri("")), new Configuration());
    }

    @AfterEach
    void close() throws IOException {
        files.close();
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
            for (Path file : filesOf(local)) {
                assertThat(fetched.resolve(file.getFileName())).hasSameBinaryContentAs(file);
            }
            assertThat(ModelLocation.lineage(release.getUri()))
                    .isEqualTo(Files.readString(local.resolve("lineage.json")));
            // Fetched once: what is there and whole isn't asked for again.
            files.delete(file("run/releases/" + fetched.getFileName() + "/model.txt"), false);
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
                .hasMessageContaining("output.uri=%s can't be written to", store.uri("run"))
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
        write("run/trunks/step-000000030/state.json", "{}");
        write("run/trunks/step-000000099/state.json", "{}");

        Run second = train("second-machine", Integer.MAX_VALUE, Map.of());
        assertThat(second.losses().keySet()).contains(21L, 50L).doesNotContain(20L);
        assertThat(second.passedOver())
                .containsExactly(
                        "trunk step-000000030 of output.uri is damaged: state.json is not what was"
                                + " written");
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
        for (FileStatus each : files.listStatus(file("run/" + kind))) {
            String name = each.getPath().getName();
            if (files.exists(file("run/" + kind + "/" + name + "/manifest.json"))) {
                names.add(name);
            }
        }
        return names;
    }

    private void write(String path, String text) throws IOException {
        try (OutputStream out = files.create(file(path), true)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private org.apache.hadoop.fs.Path file(String path) {
        return new org.apache.hadoop.fs.Path(store.uri(path));
    }

    private static List<Path> filesOf(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.sorted().toList();
        }
    }
}
