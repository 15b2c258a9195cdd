package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{}",
                "[]",
                "{\"version\":1}",
                "{\"version\":1,\"files\":null}",
                "{\"version\":1,\"files\":[null]}",
                "{\"version\":1,\"files\":[{\"bytes\":1,\"sha256\":\"0\"}]}",
                "{\"version\":1,\"files\":[{\"name\":\"a\\u0000\",\"bytes\":1,\"sha256\":\"0\"}]}"
            })
    void whatIsNoManifestIsDamage(String text) throws IOException {
        Files.writeString(folder.resolve(Manifest.NAME), text);
        assertThat(Manifest.problem(folder)).get().asString().startsWith("it can't be read: ");
    }

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
