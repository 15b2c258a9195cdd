package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLocationTest {

    @TempDir private Path folder;

    @Test
    void twoThatFetchOneReleaseAtOnceBothGetIt() throws IOException {
        Path release = release();
        String uri = "held://" + release;
        Path cache = folder.resolve("cache");
        AtomicReference<Path> other = new AtomicReference<>();
        HeldFileSystem.before(
                release.resolve("weights"),
                () -> {
                    try {
                        other.set(ModelLocation.folder("--model", uri, cache));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        Path fetched = ModelLocation.folder("--model", uri, cache);
        assertThat(fetched).isEqualTo(other.get());
        assertThat(Manifest.problem(fetched)).isEmpty();
        assertThat(fetched.getParent().toFile().list()).containsExactly("step-000000001-a");
    }

    @Test
    void whatIsDamagedIsFetchedAgain() throws IOException {
        String uri = "held://" + release();
        Path fetched = ModelLocation.folder("--model", uri, folder.resolve("cache"));
        Files.writeString(fetched.resolve("weights"), "0");
        assertThat(ModelLocation.folder("--model", uri, folder.resolve("cache")))
                .isEqualTo(fetched);
        assertThat(fetched.resolve("weights")).hasContent("1 2 3");
        assertThat(fetched.getParent().toFile().list()).containsExactly("step-000000001-a");
    }

    private Path release() throws IOException {
        CheckpointFolder releases = new CheckpointFolder(folder.resolve("releases"));
        try (CheckpointFolder.Unfinished unfinished = releases.begin("step-000000001-a")) {
            Files.writeString(unfinished.path().resolve("config"), "{}");
            Files.writeString(unfinished.path().resolve("weights"), "1 2 3");
            unfinished.seal();
            return unfinished.publish("step-000000001-a");
        }
    }
}
