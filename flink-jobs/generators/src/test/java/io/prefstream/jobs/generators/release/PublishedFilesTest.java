package io.prefstream.jobs.generators.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedFilesTest {

    /** SHA-256 of "abc", from FIPS 180-2. */
    private static final String SHA256_OF_ABC =
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir private Path folder;

    @Test
    void aFolderThatHoldsWhatWasAnnouncedIsFound() throws Exception {
        Files.writeString(folder.resolve("config.json"), "abc");

        for (String uri : List.of(folder.toUri().toString(), folder.toString())) {
            try (PublishedFiles files = PublishedFiles.verify(model(uri, "config.json", 3))) {
                assertThat(files.folder()).isEqualTo(folder);
            }
            assertThat(folder.resolve("config.json")).isRegularFile();
        }
    }

    @Test
    void aFolderOfAnotherFileSystemIsFetchedAndDeletedAfterItsUse() throws Exception {
        Files.createDirectory(folder.resolve("sub"));
        Files.writeString(folder.resolve("sub/config.json"), "abc");
        Path fetched;
        try (PublishedFiles files =
                PublishedFiles.verify(model("store://host" + folder, "sub/config.json", 3))) {
            fetched = files.folder();
            assertThat(fetched).isNotEqualTo(folder);
            assertThat(fetched.resolve("sub/config.json")).hasContent("abc");
        }
        assertThat(fetched).doesNotExist();
        assertThat(folder.resolve("sub/config.json")).isRegularFile();

        Files.writeString(folder.resolve("sub/config.json"), "abd");
        assertUnusable(
                model("store://host" + folder, "sub/config.json", 3),
                "instead of " + SHA256_OF_ABC);
        assertUnusable(
                model("store://host" + folder, "../outside", 3),
                "file ../outside is outside its folder");
    }

    @Test
    void whatIsNotAsAnnouncedIsNamed() throws Exception {
        Files.writeString(folder.resolve("other"), "abd");
        String uri = folder.toUri().toString();

        assertUnusable(model("file:///no/such/folder", "a", 3), "/no/such/folder does not exist");
        assertUnusable(
                model("s3a://bucket/model", "a", 3),
                "Flink has no file system for its URI s3a://bucket/model: put the plugin");
        assertUnusable(model(uri, "missing", 3), "file missing cannot be read");
        assertUnusable(model(uri, "other", 4), "file other has 3 bytes instead of 4");
        assertUnusable(model(uri, "other", 3), "instead of " + SHA256_OF_ABC);
        assertUnusable(model(uri, "../outside", 3), "file ../outside is outside its folder");
    }

    @Test
    void theScaleOfMarginsStandsInTheLineage() throws Exception {
        assertThat(scale("{\"holdoutMarginScale\": 0.5}")).contains(0.5);
        assertThat(scale("{}")).isEmpty();
        assertThat(scale("{\"holdoutMarginScale\": null}")).isEmpty();
        assertThat(PublishedFiles.marginScale(model("file:///x", "config.json", 3), folder))
                .isEmpty();
        assertThatThrownBy(() -> scale("{\"holdoutMarginScale\": -1}"))
                .isInstanceOf(CheckpointUnusableException.class)
                .hasMessageEndingWith(
                        "holdoutMarginScale of lineage.json is -1 and no number from 0 up");
    }

    private Optional<Double> scale(String lineage) throws Exception {
        Files.writeString(folder.resolve("lineage.json"), lineage);
        return PublishedFiles.marginScale(
                model(folder.toUri().toString(), "lineage.json", lineage.length()), folder);
    }

    private static void assertUnusable(ReleaseModel model, String why) {
        assertThatThrownBy(() -> PublishedFiles.verify(model))
                .isInstanceOf(CheckpointUnusableException.class)
                .hasMessageStartingWith("checkpoint release-1 is unusable: ")
                .hasMessageContaining(why);
    }

    private static ReleaseModel model(String uri, String file, long bytes) {
        return new ReleaseModel(
                "release-1",
                uri,
                10,
                Instant.EPOCH,
                List.of(new ReleaseModel.File(file, bytes, SHA256_OF_ABC)));
    }
}
