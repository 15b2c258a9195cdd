package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What stays and what goes of the checkpoints of a store, here a folder of this machine. */
class StoreRetentionTest extends TokenTraining {

    @Test
    void theReleaseThatIsAnnouncedStaysUntilTheNextOneIs() throws IOException {
        List<URI> announced = new ArrayList<>();
        train(
                stored(
                        "out",
                        Map.of(
                                "schedule.steps", "30",
                                "schedule.release-every", "10",
                                "release.keep", "1")),
                NOON,
                release -> {
                    announced.add(URI.create(release.getUri()));
                    // The one before, which the topic still names, and this one.
                    for (URI uri :
                            announced.subList(
                                    Math.max(0, announced.size() - 2), announced.size())) {
                        assertThat(Path.of(uri).resolve(Manifest.NAME)).exists();
                    }
                });
        assertThat(announced).hasSize(3);
        assertThat(store("releases"))
                .isDirectoryContaining(path -> path.equals(Path.of(announced.get(2))));
        assertThat(store("releases").toFile().list()).hasSize(1);
    }

    @Test
    void whereNoTrunkOfTheFolderIsWholeThatOfTheStoreIsGoneOnFrom() throws IOException {
        Map<String, String> settings = Map.of("schedule.steps", "30", "keep-trunks", "1");
        Run whole = train(config(folder.resolve("whole"), settings));
        Map<String, String> first = Map.of("schedule.steps", "20", "keep-trunks", "1");
        train(stored("out", first));
        Path trunk = folder.resolve("out/trunks/step-000000020");
        Files.write(trunk.resolve("weights.bin"), new byte[] {1, 2, 3});

        Run next = train(stored("out", settings));
        assertThat(next.passedOver())
                .containsExactly(
                        "trunk %s is damaged: weights.bin is not what was written"
                                .formatted(trunk));
        assertThat(next.losses().keySet()).contains(21L, 30L).doesNotContain(20L);
        assertThat(whole.losses()).containsAllEntriesOf(next.losses());
        assertThat(trunks(folder.resolve("out")))
                .containsExactly(folder.resolve("out/trunks/step-000000030"));
        assertThat(store("trunks").toFile().list()).containsExactly("step-000000030");
    }

    @Test
    void copiesThatNeverEndedAreTidiedUp() throws IOException {
        train(stored("out", Map.of("schedule.steps", "20")));
        for (String kind : List.of("trunks", "releases")) {
            for (String name : List.of("step-000000010-a", "step-000000099-a", "archive")) {
                Files.writeString(
                        Files.createDirectories(store(kind).resolve(name)).resolve("state.json"),
                        "{}");
            }
        }
        train(stored("out", Map.of("schedule.steps", "20")));
        for (String kind : List.of("trunks", "releases")) {
            assertThat(store(kind).resolve("step-000000010-a")).doesNotExist();
            // It may be a copy that somebody is making; the other was never ours.
            assertThat(store(kind).resolve("step-000000099-a")).exists();
            assertThat(store(kind).resolve("archive/state.json")).exists();
        }
    }

    private TrainerConfig stored(String out, Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put("output.uri", folder.resolve("store").toUri().toString());
        return config(folder.resolve(out), all);
    }

    private Path store(String kind) {
        return folder.resolve("store").resolve(kind);
    }
}
