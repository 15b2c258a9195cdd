package io.prefstream.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real schema registry (Apicurio with Confluent's API) in a child process on the loopback
 * address, its schemas in an H2 file. Opened again on the same folder it knows the same ids.
 *
 * <p>Cost: about 7 s to start, 270 MB resident.
 */
public final class EmbeddedRegistry implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final String CONFLUENT_API = "/apis/ccompat/v7";

    private final ChildProcess process;
    private final String url;

    private EmbeddedRegistry(ChildProcess process, String url) {
        this.process = process;
        this.url = url;
    }

    /**
     * Starts a registry and waits until it answers.
     *
     * @param home the unpacked registry distribution
     * @param folder where its schemas are kept
     * @param log where it writes what it has to say
     * @throws ServiceException if it does not answer within 90 s
     */
    public static EmbeddedRegistry start(Path home, Path folder, Path log)
            throws ServiceException, InterruptedException {
        try {
            Files.createDirectories(folder);
            int port = FreePorts.find(1).get(0);
            Path runner = runner(home);
            List<String> command =
                    List.of(
                            ChildProcess.java(),
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Xshare:auto",
                            "-Dquarkus.http.host=127.0.0.1",
                            "-Dquarkus.http.port=" + port,
                            "-DREGISTRY_DATASOURCE_URL=jdbc:h2:file:"
                                    + folder.toAbsolutePath().resolve("schemas"),
                            "-Dquarkus.datasource.jdbc.initial-size=1",
                            "-Dquarkus.datasource.jdbc.min-size=1",
                            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                            "-cp",
                            runner + java.io.File.pathSeparator + ChildProcess.leash(),
                            Leash.class.getName(),
                            "io.quarkus.runner.GeneratedMain");
            ChildProcess process = ChildProcess.start("registry", command, log);
            EmbeddedRegistry registry =
                    new EmbeddedRegistry(process, "http://127.0.0.1:" + port + CONFLUENT_API);
            try {
                registry.awaitAnswer();
            } catch (ServiceException | InterruptedException | RuntimeException e) {
                registry.close();
                throw e;
            }
            return registry;
        } catch (IOException e) {
            throw new ServiceException("the schema registry did not start: " + e.getMessage(), e);
        }
    }

    /**
     * Where the launcher says that the unpacked distribution is.
     *
     * @throws IllegalStateException if it doesn't say
     */
    static Path home() {
        String home = System.getProperty("prefstream.registry");
        if (home == null) {
            throw new IllegalStateException(
                    "the system property prefstream.registry must name the registry's folder;"
                            + " ./prefstream sets it");
        }
        return Path.of(home);
    }

    /** Base of Confluent's API. */
    public String url() {
        return url;
    }

    /** Stops the registry and waits until its file is closed. */
    @Override
    public void close() {
        process.close();
    }

    private void awaitAnswer() throws ServiceException, InterruptedException {
        HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
        HttpRequest subjects =
                HttpRequest.newBuilder(URI.create(url + "/subjects"))
                        .timeout(Duration.ofSeconds(10))
                        .build();
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            if (!process.isAlive()) {
                throw new ServiceException(
                        "the schema registry ended while starting; see " + process.log(), null);
            }
            try {
                if (http.send(subjects, HttpResponse.BodyHandlers.discarding()).statusCode()
                        == 200) {
                    return;
                }
            } catch (IOException e) {
                // Not listening yet.
            }
            Thread.sleep(100);
        }
        throw new ServiceException(
                "the schema registry did not answer within %d s; see %s"
                        .formatted(START_LIMIT.toSeconds(), process.log()),
                null);
    }

    private static Path runner(Path home) throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            return files.filter(file -> file.getFileName().toString().endsWith("-runner.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no registry distribution in " + home));
        }
    }
}
