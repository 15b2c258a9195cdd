package io.prefstream.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The trainer as users run it, in a process of its own. */
final class TrainerProcess {

    /** Exit code of a process that was killed: 128 and the number of SIGKILL. */
    static final int KILLED = 137;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Path log;
    private volatile boolean killed;

    private TrainerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static TrainerProcess start(Path out, List<String> arguments, String... settings)
            throws IOException {
        Path log = out.resolveSibling(out.getFileName() + ".log");
        ProcessBuilder builder =
                builder(command(out, arguments, settings))
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // What is killed leaves its native library behind.
        Path libraries = Files.createDirectories(out.resolveSibling("libraries"));
        builder.environment().put("ROCKSDB_SHAREDLIB_DIR", libraries.toString());
        return new TrainerProcess(builder.start(), log);
    }

    /** A process with the environment of a trainer. */
    static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(Map.of("OMP_WAIT_POLICY", "PASSIVE", "OMP_NUM_THREADS", "1"));
        return builder;
    }

    /** The command line. */
    static List<String> command(Path out, List<String> arguments, String... settings) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.prefstream.schemas",
                                "-Dai.djl.offline=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                TrainerMain.class.getName(),
                                "train",
                                "--out",
                                out.toString()));
        command.addAll(arguments);
        for (String setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        return command;
    }

    /** Hears its events until it ends or is killed. Returns its exit code. */
    int listen(Consumer<JsonNode> listener) throws IOException, InterruptedException {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!killed) { // else it was in the pipe, and may be half a line
                    listener.accept(JSON.readTree(line));
                }
            }
        } finally {
            process.toHandle().destroyForcibly(); // only where the listener gave up
        }
        return process.waitFor();
    }

    /** As {@code kill -9} does. */
    void kill() {
        killed = true;
        process.toHandle().destroyForcibly(); // Process's own closes the pipe
    }

    /** Kills it as soon as something is so, which is looked at each millisecond while it runs. */
    void killOnce(BooleanSupplier so) throws InterruptedException {
        while (!process.waitFor(1, TimeUnit.MILLISECONDS)) {
            if (so.getAsBoolean()) {
                kill();
                return;
            }
        }
    }

    /** Returns once its log says so, or it has ended; looks each ten milliseconds. */
    void awaitLog(String text) {
        try {
            while (!log().contains(text) && !process.waitFor(10, TimeUnit.MILLISECONDS)) {
                continue;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As {@code kill} does. */
    void askToStop() {
        process.toHandle().destroy();
    }

    /** What it wrote to its log, for a test that fails. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
