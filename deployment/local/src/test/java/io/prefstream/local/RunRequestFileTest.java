package io.prefstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRequestFileTest {

    private static final RunRequest REQUEST =
            new RunRequest(
                    RunRequest.Feed.MAVEN,
                    List.of("org.jsoup:jsoup:1.18.1", "commons-cli:commons-cli"),
                    List.of(),
                    100,
                    300L,
                    7,
                    2,
                    Map.of("trainer.batch.pairs", "8"));

    /** What version 1 looks like: must be read for ever. */
    private static final String VERSION_1 =
            """
            {
              "version" : 1,
              "feed" : "maven",
              "coordinates" : [ "org.jsoup:jsoup:1.18.1", "commons-cli:commons-cli" ],
              "repositories" : [ ],
              "depth" : 100,
              "steps" : 300,
              "seed" : 7,
              "parallelism" : 2,
              "config" : {
                "trainer.batch.pairs" : "8"
              }
            }
            """;

    @TempDir Path folder;

    @Test
    void version1IsReadAndWritten() throws Exception {
        Files.writeString(folder.resolve("run.json"), VERSION_1);
        assertThat(RunRequestFile.read(folder)).isEqualTo(REQUEST);

        try (RunFolder run = RunFolder.open(folder)) {
            run.mark(REQUEST);
        }
        assertThat(folder.resolve("run.json")).hasContent(VERSION_1);
    }

    @Test
    void runWithoutEndIsReadAgain() throws Exception {
        try (RunFolder run = RunFolder.open(folder)) {
            run.mark(REQUEST.withSteps(null));
        }
        assertThat(RunRequestFile.read(folder)).isEqualTo(REQUEST.withSteps(null));
    }

    @Test
    void runOverAnArchiveIsReadAgain() throws Exception {
        for (ArchiveRange hours :
                List.of(
                        new ArchiveRange("/srv/hours", "2026-01-01-0", "2026-01-01-3"),
                        new ArchiveRange("https://example.org", "2026-01-01-0", null))) {
            RunRequest request =
                    new RunRequest(
                            RunRequest.Feed.GHARCHIVE,
                            List.of(),
                            List.of("o/n"),
                            100,
                            hours.to() == null ? null : 300L,
                            7,
                            2,
                            Map.of(),
                            hours,
                            List.of(),
                            null);
            try (RunFolder run = RunFolder.open(folder)) {
                run.mark(request);
            }
            assertThat(RunRequestFile.read(folder)).isEqualTo(request);
        }
    }

    @Test
    void runsOverARegistryAndOfWebhooksAreReadAgain() throws Exception {
        for (RunRequest request :
                List.of(
                        request(RunRequest.Feed.PYPI, List.of("six", "attrs"), null),
                        request(RunRequest.Feed.SWH, List.of(), null),
                        request(
                                RunRequest.Feed.WEBHOOK,
                                List.of(),
                                new Webhooks("/srv/secret", null, 8090)))) {
            try (RunFolder run = RunFolder.open(folder)) {
                run.mark(request);
            }
            assertThat(RunRequestFile.read(folder)).isEqualTo(request);
        }
    }

    private static RunRequest request(
            RunRequest.Feed feed, List<String> packages, @Nullable Webhooks webhooks) {
        return new RunRequest(
                feed, List.of(), List.of(), 1, null, 7, 2, Map.of(), null, packages, webhooks);
    }

    @Test
    void anotherVersionIsRefused() throws Exception {
        Files.writeString(folder.resolve("run.json"), VERSION_1.replace(": 1,", ": 2,"));
        assertThatThrownBy(() -> RunRequestFile.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessage(folder.resolve("run.json") + " has format 2, this program reads 1");
    }

    @Test
    void emptyMarkOfAnEarlierProgramIsRefused() throws Exception {
        Files.writeString(folder.resolve("run.json"), "");
        assertThatThrownBy(() -> RunRequestFile.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has format none, this program reads 1");
    }

    @Test
    void damageIsNamed() throws Exception {
        Files.writeString(folder.resolve("run.json"), VERSION_1.substring(0, 60));
        assertThatThrownBy(() -> RunRequestFile.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("run.json is damaged");

        Files.writeString(folder.resolve("run.json"), VERSION_1.replace("\"seed\"", "\"sead\""));
        assertThatThrownBy(() -> RunRequestFile.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("run.json is damaged")
                .hasMessageContaining("seed");
    }
}
