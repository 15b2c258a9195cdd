package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {

    @TempDir private Path folder;

    @Test
    void aFileThatIsLinkedFromTheFolderBeforeIsNotReadAgain() throws IOException {
        Path before = Files.createDirectories(folder.resolve("1/table"));
        Files.writeString(before.resolve("a.sst"), "linked");
        Files.writeString(before.resolve("b.sst"), "copied");
        Manifest.seal(folder.resolve("1"), folder.resolve("0"));
        Path after = Files.createDirectories(folder.resolve("2/table"));
        Files.createLink(after.resolve("a.sst"), before.resolve("a.sst"));
        Files.writeString(after.resolve("b.sst"), "others");
        // Whoever read the linked file now would seal the damage.
        Files.writeString(before.resolve("a.sst"), "LINKED");

        Manifest.seal(folder.resolve("2"), folder.resolve("1"));

        assertThat(Manifest.problem(folder.resolve("2")))
                .hasValue("table/a.sst is not what was written");
        Files.writeString(before.resolve("a.sst"), "linked");
        assertThat(Manifest.problem(folder.resolve("2"))).isEmpty();
    }
}
