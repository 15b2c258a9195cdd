package io.prefstream.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A child JVM on a {@link Leash}: it dies with this process, and writes what it has to say into a
 * file.
 */
final class ChildProcess implements AutoCloseable {

    private static final Duration STOP = Duration.ofSeconds(20);

    /**
     * Ctrl-C on a terminal goes to the whole session: with one of their own, children hear only us.
     */
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private final String name;
    private final Process process;
    private final Path log;

    private ChildProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** Starts a command whose output and errors both go to the log. */
    static ChildProcess start(String name, List<String> command, Path log) throws IOException {
        ProcessBuilder builder = builder(command, log);
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return new ChildProcess(name, builder.start(), log);
    }

    /** Starts a command whose errors go to the log and whose output is ours to read. */
    static ChildProcess startReadable(
            String name, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        ProcessBuilder builder = builder(command, log);
        builder.environment().putAll(environment);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return new ChildProcess(name, builder.start(), log);
    }

    /** The java command of this process's own JVM. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The class path entry that holds {@link Leash}. */
    static Path leash() {
        try {
            return Path.of(Leash.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("this class has no location on disk", e);
        }
    }

    String name() {
        return name;
    }

    Path log() {
        return log;
    }

    /** The last line of its log, and where the others are. */
    String lastWords() {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> !line.isBlank())
                    .reduce((before, line) -> line)
                    .orElse("it said nothing")
                    .concat("; see " + log);
        } catch (IOException | UncheckedIOException e) {
            return "see " + log;
        }
    }

    InputStream output() {
        return process.getInputStream();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the end of the process and gives its exit status. */
    int await() throws InterruptedException {
        return process.waitFor();
    }

    /** Asks the process to end (SIGTERM) and returns at once. */
    void terminate() {
        // Not Process.destroy: it closes the pipe too, and the child would hang up on its work.
        process.toHandle().destroy();
    }

    /** SIGTERM; SIGKILL after 20 s. */
    @Override
    public void close() {
        close(STOP);
    }

    /** SIGTERM; SIGKILL after a while. */
    void close(Duration atMost) {
        terminate();
        try {
            if (!process.waitFor(atMost.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static ProcessBuilder builder(List<String> command, Path log) throws IOException {
        Path folder = log.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        List<String> whole = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            whole.add(SETSID.toString());
        }
        whole.addAll(command);
        return new ProcessBuilder(whole);
    }
}
