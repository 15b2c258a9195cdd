package io.prefstream.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.api.Git;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command that a person types, on a repository made here: {@code ./prefstream run --repo …} in
 * a process of its own, from code to an exported model.
 */
class RunOnGitRepositoryTest {

    private static final int CLASSES = 30;
    private static final long FIFTY_MEGABYTES = 50L << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Ran(int status, String said) {}

    @TempDir Path folder;

    @Test
    void repositoryBecomesAModelAndEveryStageAddsUp() throws Exception {
        Path repository = folder.resolve("repository");
        try (Git git = Git.init().setDirectory(repository.toFile()).call()) {
            for (int i = 0; i < CLASSES; i++) {
                write(repository.resolve("src/Meter%d.java".formatted(i)), javaClass(i));
                write(repository.resolve("src/meter%d.py".formatted(i)), pythonFunction(i));
            }
            commit(git, "functions");
            byte[] noise = new byte[4_096];
            new Random(1).nextBytes(noise);
            Files.write(repository.resolve("noise.bin"), noise);
            Files.write(repository.resolve("src/Noise.java"), noise);
            Files.write(
                    repository.resolve("src/Torn.java"), "class Torn { \u00e9".getBytes("UTF-16"));
            write(repository.resolve("src/broken.py"), "def broken(:\n    return )\n");
            try (RandomAccessFile big =
                    new RandomAccessFile(repository.resolve("src/Big.java").toFile(), "rw")) {
                big.setLength(FIFTY_MEGABYTES);
            }
            commit(git, "what nobody can read");
        }
        Path out = folder.resolve("out");

        Ran ran =
                prefstream(
                        "run",
                        "--repo",
                        repository.toString(),
                        "--steps",
                        "5",
                        "--out",
                        out.toString());

        assertThat(ran.status()).as(ran.said()).isZero();
        JsonNode summary = JSON.readTree(out.resolve("summary.json").toFile());
        assertThat(summary.path("state").asText()).isEqualTo("finished");
        assertThat(summary.path("events").asLong()).isEqualTo(2);
        assertThat(summary.path("snippets").asLong()).isGreaterThanOrEqualTo(2L * CLASSES);
        assertThat(summary.path("pairs").asLong()).isPositive();
        assertThat(summary.path("conservation")).isNotEmpty();
        for (JsonNode equation : summary.path("conservation")) {
            assertThat(equation.path("balanced").asBoolean()).as(equation.toString()).isTrue();
        }
        JsonNode files = equation(summary, "ingest", "file");
        assertThat(files.path("rejected").asLong()).isGreaterThanOrEqualTo(4);
        assertThat(summary.at("/trainer/step").asLong()).isEqualTo(5);
        assertThat(summary.at("/trainer/holdoutPairs").asLong()).isPositive();

        JsonNode release = summary.path("checkpoints").path(0);
        assertThat(release.path("kind").asText()).isEqualTo("release");
        assertThat(Path.of(release.path("path").asText()))
                .isDirectoryContaining("glob:**/config.json")
                .isDirectoryContaining("glob:**/tokenizer.json")
                .isDirectoryContaining("glob:**/model.safetensors");

        assertThat(prefstream("run", "--repo", repository.toString(), "--out", out.toString()))
                .isEqualTo(
                        new Ran(
                                2,
                                "prefstream: --out=%s holds an earlier run: add --resume to go on with it, or name another folder"
                                        .formatted(out)));
    }

    @Test
    void emptyRepositoryGivesNothingToTrainOnAndSaysSo() throws Exception {
        Path repository = folder.resolve("empty");
        Git.init().setDirectory(repository.toFile()).call().close();
        Path out = folder.resolve("out");

        Ran ran =
                prefstream(
                        "run",
                        "--repo",
                        repository.toString(),
                        "--steps",
                        "5",
                        "--out",
                        out.toString());

        assertThat(ran.status()).as(ran.said()).isEqualTo(1);
        assertThat(ran.said()).contains("nothing to train on");
        JsonNode summary = JSON.readTree(out.resolve("summary.json").toFile());
        assertThat(summary.path("pairs").asLong()).isZero();
        for (JsonNode equation : summary.path("conservation")) {
            assertThat(equation.path("balanced").asBoolean()).as(equation.toString()).isTrue();
        }
    }

    private static JsonNode equation(JsonNode summary, String stage, String unit) {
        for (JsonNode equation : summary.path("conservation")) {
            if (equation.path("stage").asText().equals(stage)
                    && equation.path("unit").asText().equals(unit)) {
                return equation;
            }
        }
        throw new AssertionError("no equation for " + stage + " " + unit);
    }

    /** Runs with this test's class path; what the launcher script adds to it is told here. */
    private Ran prefstream(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx1g",
                                "-XX:+UseSerialGC",
                                "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.prefstream.schemas",
                                "-Dai.djl.offline=true",
                                "-Dprefstream.registry="
                                        + System.getProperty("prefstream.registry"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.prefstream.local.Prefstream"));
        command.addAll(List.of(arguments));
        Path said = folder.resolve("said.txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES))
                    .as(() -> "no end in sight: " + read(said))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ran(process.exitValue(), read(said).strip());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void commit(Git git, String message) throws Exception {
        git.add().addFilepattern(".").call();
        git.commit()
                .setMessage(message)
                .setAuthor("An Author", "author@example.org")
                .setCommitter("An Author", "author@example.org")
                .setSign(false)
                .call();
    }

    private static String javaClass(int i) {
        return """
        /** Meter number %1$d. */
        class Meter%1$d {

            /** Adds up what meter %1$d has read between two marks. */
            static int total%1$d(int from, int to, int limit) {
                int low = from * %2$d;
                int high = to + low;
                if (low > limit) {
                    return high - low;
                }
                for (int mark = from; mark < to; mark++) {
                    high = high + mark * limit;
                    low = low - from;
                }
                return low < high ? low : high + %2$d;
            }
        }
        """
                .formatted(i, i + 2);
    }

    private static String pythonFunction(int i) {
        return """
        def scaled_%1$d(left, right, limit):
            \"\"\"Scale the reading of meter %1$d and keep it below a limit.\"\"\"
            low = left * %2$d
            high = right + low
            if low > limit:
                return high - low
            for mark in range(limit):
                high = high + mark * left
                low = low - right
            return min(low, high + %2$d)
        """
                .formatted(i, i + 2);
    }
}
