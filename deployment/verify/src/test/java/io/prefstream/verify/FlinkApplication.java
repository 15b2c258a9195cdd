package io.prefstream.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.jobs.common.testing.LoopbackFlink;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A job as Flink's images run it: a JobManager in application mode and a TaskManager, processes
 * that have on their class path what Flink's distribution and this project's image have in {@code
 * lib}, and find the job's jar in {@code usrlib}, child first.
 */
final class FlinkApplication implements AutoCloseable {

    /**
     * What every JVM of Flink needs beside Flink's own options; manifests and images say it too.
     */
    static final String JVM_OPTIONS =
            "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.prefstream.schemas -Dai.djl.offline=true"
                    + " --add-opens=java.base/java.util=ALL-UNNAMED";

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path distribution;
    private final Path home;
    private final Path folder;
    private final String mainClass;
    private final List<String> arguments;
    private final HttpClient http = HttpClient.newHttpClient();
    private final int rest = LoopbackFlink.freePort();
    private final List<Process> started = new ArrayList<>();
    private Process jobManager;
    private Process taskManager;

    /**
     * Starts both.
     *
     * @param jobs {@code target} of {@code deployment/jobs}
     * @param folder of configuration and logs
     */
    FlinkApplication(Path jobs, Path folder, String mainClass, List<String> arguments)
            throws IOException {
        this.distribution = jobs.resolve("flink-distribution");
        this.home = jobs.resolve("flink");
        this.folder = Files.createDirectories(folder);
        this.mainClass = mainClass;
        this.arguments = List.copyOf(arguments);
        LoopbackFlink.configure(folder, rest, "");
        jobManager = startJobManager(null);
        taskManager = startTaskManager();
    }

    /** SIGKILL, and another one in its place. */
    void replaceTaskManager() throws Exception {
        taskManager.destroyForcibly().waitFor();
        taskManager = startTaskManager();
    }

    /** Stops the job with a savepoint and gives its URI; the JobManager must end by itself. */
    String stop(Path savepoints) throws Exception {
        String job = "/jobs/" + get("/jobs").at("/jobs/0/id").asText();
        ObjectNode wish = JSON.createObjectNode();
        wish.put("targetDirectory", savepoints.toUri().toString()).put("drain", false);
        String savepoint =
                job + "/savepoints/" + send(post(job + "/stop", wish)).get("request-id").asText();
        JsonNode told = get(savepoint);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!told.at("/status/id").asText().equals("COMPLETED")) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("no savepoint: " + told + log());
            }
            TimeUnit.MILLISECONDS.sleep(100);
            told = get(savepoint);
        }
        if (!told.at("/operation").hasNonNull("location")) {
            throw new AssertionError("no savepoint: " + told + log());
        }
        if (end() != 0) {
            throw new AssertionError("the JobManager ended with " + end() + log());
        }
        return told.at("/operation/location").asText();
    }

    /** Waits for the JobManager's end and gives its exit code. */
    int end() throws InterruptedException {
        if (!jobManager.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the JobManager goes on without a job" + log());
        }
        return jobManager.exitValue();
    }

    /** Another JobManager goes on from a savepoint, with the TaskManager that is there. */
    void restore(String savepoint) throws IOException {
        jobManager = startJobManager(savepoint);
    }

    /** What both have logged. */
    String log() {
        try {
            return "\n" + Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        started.forEach(Process::destroyForcibly);
    }

    private Process startJobManager(@Nullable String savepoint) throws IOException {
        List<String> entryPoint =
                new ArrayList<>(
                        List.of(
                                "org.apache.flink.container.entrypoint"
                                        + ".StandaloneApplicationClusterEntryPoint",
                                "--configDir",
                                folder.toString(),
                                "--job-classname",
                                mainClass));
        if (savepoint != null) {
            entryPoint.addAll(List.of("--fromSavepoint", savepoint));
        }
        entryPoint.addAll(arguments);
        return start(entryPoint);
    }

    private Process startTaskManager() throws IOException {
        return start(
                List.of(
                        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                        "--configDir",
                        folder.toString()));
    }

    private Process start(List<String> mainAndArguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Dlog4j2.level=INFO",
                                "-Djava.io.tmpdir="
                                        + Files.createDirectories(folder.resolve("tmp")),
                                "-cp",
                                distribution + "/*" + File.pathSeparator + home + "/lib/*"));
        command.addAll(List.of(JVM_OPTIONS.split(" ")));
        command.addAll(mainAndArguments);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        // Where Flink looks for usrlib: beside it.
        builder.environment().put("FLINK_LIB_DIR", home.resolve("lib").toString());
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private JsonNode get(String path) throws Exception {
        return send(request(path).build());
    }

    private HttpRequest post(String path, JsonNode body) {
        return request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1%s".formatted(rest, path)));
    }

    private JsonNode send(HttpRequest request) throws Exception {
        return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
}
