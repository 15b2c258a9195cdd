package io.prefstream.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A {@code ./prefstream} command in a process of its own, with this test's class path; what the
 * launcher script adds to it is told here.
 */
final class Prefstream implements AutoCloseable {

    /** How a command ended: exit code, and what it said on both outputs. */
    record Ended(int status, String said) {}

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(4);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Path said;

    private Prefstream(Process process, Path said) {
        this.process = process;
        this.said = said;
    }

    /**
     * @param folder for a file with what the command says
     */
    static Prefstream start(Path folder, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                // What a shell runs in the background may be deaf to Ctrl-C.
                                "env",
                                "--default-signal=INT",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx1g",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.prefstream.schemas",
                                "-Dai.djl.offline=true",
                                "-Djava.io.tmpdir="
                                        + Files.createDirectories(folder.resolve("tmp")),
                                // What people see, not what the tests' own logging says.
                                "-Dlog4j2.configurationFile=log4j2.properties",
                                "-Dprefstream.registry="
                                        + System.getProperty("prefstream.registry"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.prefstream.local.Prefstream"));
        command.addAll(List.of(arguments));
        Path said = Files.createTempFile(folder, "said", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        return new Prefstream(
                builder.redirectErrorStream(true).redirectOutput(said.toFile()).start(), said);
    }

    /** Starts a command and waits for its end. */
    static Ended run(Path folder, String... arguments) throws Exception {
        try (Prefstream command = start(folder, arguments)) {
            return command.end();
        }
    }

    /** A file that a command keeps fresh by replacing it as a whole. */
    static JsonNode json(Path file) throws IOException {
        return JSON.readTree(file.toFile());
    }

    Ended end() throws InterruptedException {
        assertThat(process.waitFor(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS))
                .as(() -> "no end in sight: " + said())
                .isTrue();
        return new Ended(process.exitValue(), said().strip());
    }

    /** Sends {@code INT} (Ctrl-C) or {@code TERM}. */
    void signal(String name) throws Exception {
        int sent =
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .inheritIO()
                        .start()
                        .waitFor();
        assertThat(sent).isZero();
    }

    /** Waits until a file says what is wished for, and gives what it says. */
    JsonNode await(Path file, Predicate<JsonNode> wish) throws Exception {
        await(() -> Files.exists(file) && wish.test(json(file)));
        return json(file);
    }

    /** Waits until a wish is fulfilled; fails when the command ends before. */
    void await(Callable<Boolean> wish) throws Exception {
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (!wish.call()) {
            if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("it ended too early: " + said());
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it never came to that: " + said());
            }
        }
    }

    /** What the command has said so far. */
    String said() {
        try {
            return Files.readString(said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills what is still there. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
