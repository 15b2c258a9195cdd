package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePairsTest {

    @TempDir private Path folder;

    /** As a Parquet file is, which finetune reads and this doesn't. */
    @Test
    void aFileThatIsNoTextIsNamedInOneLine() throws Exception {
        byte[] pair =
                """
                {"prompt": "p", "chosen": "c", "rejected": "r"}
                """
                        .getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(folder.resolve("pairs.parquet"), new byte[] {'P', (byte) 0xfe, 7});
        try (FilePairs source = new FilePairs(file, 0, TrainerConfig.HoldoutBy.PATH, 0)) {
            assertThatThrownBy(() -> source.take(10))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "source.pairs=%s is no text in UTF-8 behind line 0: expected JSON Lines"
                                    + " (finetune reads Parquet too)",
                            file);
        }
        Files.write(file, pair);
        try (FilePairs source = new FilePairs(file, 0, TrainerConfig.HoldoutBy.PATH, 0)) {
            assertThat(source.take(10)).hasSize(1);
        }
    }
}
