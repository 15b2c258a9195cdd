package io.prefstream.topics.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Apicurio's registry with its Confluent API, in a child process, schemas in memory. It picks its
 * port itself and says it in its log.
 */
final class TestRegistry implements AutoCloseable {

    /** System property: the folder with the unpacked registry; set by the build. */
    static final String HOME_PROPERTY = "prefstream.registry.home";

    private static final String HOME_IN_CHECKOUT = "connectors/topics/target/registry";
    private static final Pattern LISTENING = Pattern.compile("Listening on: (http://\\S+)");
    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final CompletableFuture<String> listening = new CompletableFuture<>();

    private TestRegistry(Process process) {
        this.process = process;
        Thread reader = new Thread(this::readLog, "test-registry-log");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts it without waiting; see {@link #awaitReady}. */
    static TestRegistry start() {
        Path jar = runnerJar();
        try {
            return new TestRegistry(
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-Xmx200m",
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-Dquarkus.http.host=127.0.0.1",
                                    "-Dquarkus.http.port=0",
                                    "-jar",
                                    jar.toString())
                            .redirectErrorStream(true)
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitReady() {
        url();
    }

    /** Base of the Confluent API. */
    String url() {
        try {
            return listening.get(PATIENCE_SECONDS, TimeUnit.SECONDS) + "/apis/ccompat/v7";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the registry did not start", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void readLog() {
        List<String> beginning = new ArrayList<>();
        try (BufferedReader log = process.inputReader()) {
            for (String line = log.readLine(); line != null; line = log.readLine()) {
                Matcher matcher = LISTENING.matcher(line);
                if (matcher.find()) {
                    listening.complete(matcher.group(1));
                } else if (!listening.isDone()) {
                    beginning.add(line);
                }
            }
        } catch (IOException e) {
            beginning.add(e.toString());
        }
        listening.completeExceptionally(
                new IllegalStateException("it ended: " + String.join("\n", beginning)));
    }

    private static Path runnerJar() {
        Path home = home();
        try (Stream<Path> files = Files.list(home)) {
            return files.filter(file -> file.toString().endsWith("-runner.jar"))
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalStateException("no registry is unpacked in " + home));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "no registry is unpacked in " + home + ": build connectors/topics first", e);
        }
    }

    private static Path home() {
        String property = System.getProperty(HOME_PROPERTY);
        if (property != null) {
            return Path.of(property);
        }
        // Run from an IDE: somewhere above is the checkout.
        for (Path folder = Path.of("").toAbsolutePath();
                folder != null;
                folder = folder.getParent()) {
            Path candidate = folder.resolve(HOME_IN_CHECKOUT);
            if (Files.isDirectory(candidate)) {
                return candidate;
            }
        }
        throw new IllegalStateException(
                "no "
                        + HOME_IN_CHECKOUT
                        + " above here: build connectors/topics first, or set -D"
                        + HOME_PROPERTY);
    }
}
