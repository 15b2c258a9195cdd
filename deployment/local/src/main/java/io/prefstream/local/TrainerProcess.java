package io.prefstream.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.prefstream.topics.TopicsConnection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The trainer in a process of its own. It reads the pair log by itself; this class starts it,
 * listens to its progress (one JSON object per line), and ends it.
 */
final class TrainerProcess implements AutoCloseable {

    /**
     * glibc gives freed memory back and takes it again page by page; tensors come and go too fast
     * for that (twice the time of a step). Keep what was once taken.
     */
    private static final Map<String, String> NATIVE =
            Map.of(
                    "OMP_WAIT_POLICY", "PASSIVE",
                    "MALLOC_MMAP_MAX_", "0",
                    "MALLOC_TRIM_THRESHOLD_", "8589934592",
                    "MALLOC_TOP_PAD_", "268435456");

    private static final String HEAP = "768m";

    /** A trunk of some billion parameters takes minutes to be written. */
    private static final Duration STOP = Duration.ofMinutes(15);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ChildProcess process;
    private final Thread listener;
    private volatile JsonNode last = MissingNode.getInstance();
    private volatile @Nullable JsonNode lastRelease;
    private volatile int releaseForkStep = -1;
    private volatile int releaseForkSteps = -1;

    private TrainerProcess(ChildProcess process) {
        this.process = process;
        listener = new Thread(this::listen, "trainer-listener");
        listener.setDaemon(true);
    }

    /**
     * Starts a trainer.
     *
     * @param out its folder: trunks, releases, table
     * @param steps where it ends, null for never
     * @param settings its own options by key; they go before all others
     */
    static TrainerProcess start(
            TopicsConnection topics,
            Path out,
            @Nullable Long steps,
            long seed,
            Map<String, String> settings,
            Path log)
            throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ChildProcess.java(),
                                "-Xmx" + HEAP,
                                "-XX:+UseSerialGC",
                                "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.prefstream.schemas",
                                "-Dai.djl.offline=true",
                                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                                "-Dlog4j2.configurationFile=classpath:" + Logs.CHILD,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Leash.class.getName(),
                                TrainerCommands.MAIN_CLASS,
                                "train",
                                "--bootstrap-servers",
                                topics.bootstrapServers(),
                                "--registry",
                                topics.registryUrl(),
                                "--seed",
                                Long.toString(seed),
                                "--out",
                                out.toString()));
        if (steps != null) {
            command.addAll(List.of("--steps", steps.toString()));
        }
        new TreeMap<>(settings)
                .forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        TrainerProcess trainer =
                new TrainerProcess(ChildProcess.startReadable("trainer", command, NATIVE, log));
        trainer.listener.start();
        return trainer;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** What it said last; missing before it said anything. */
    JsonNode status() {
        return last;
    }

    /** The release it made last, null before the first. */
    @Nullable JsonNode lastRelease() {
        return lastRelease;
    }

    /** Where the fork of a release stands, such as "20 of 40"; null while none is being made. */
    @Nullable String fork() {
        return releaseForkSteps < 0
                ? null
                : "%d of %d".formatted(releaseForkStep, releaseForkSteps);
    }

    /** The last line of its log, and where the others are. */
    String lastWords() {
        return process.lastWords();
    }

    /** Waits for its end. */
    int await() throws InterruptedException {
        int status = process.await();
        listener.join(5_000);
        return status;
    }

    /** Asks it to write a trunk and end; returns at once. */
    void terminate() {
        process.terminate();
    }

    /** Asks it to write a trunk and end, and waits for that. */
    @Override
    public void close() {
        process.close(STOP);
    }

    private void listen() {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.output(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                hear(line);
            }
        } catch (IOException e) {
            // The process has gone; its exit status says the rest.
        }
    }

    private void hear(String line) {
        JsonNode event;
        try {
            event = JSON.readTree(line);
        } catch (IOException e) {
            return;
        }
        if (!event.isObject()) {
            return;
        }
        boolean forking = event.path("phase").asText().equals("release");
        releaseForkStep = forking ? event.path("forkStep").asInt() : -1;
        releaseForkSteps = forking ? event.path("forkSteps").asInt() : -1;
        if (event.path("event").asText().equals("release")) {
            lastRelease = event;
        }
        last = event;
    }
}
