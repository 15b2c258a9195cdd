package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A trainer in a process of its own, with the plain learner. */
final class TrainerProcess {

    private static final ObjectMapper JSON = new ObjectMapper();

    private TrainerProcess() {}

    static Process start(Path out, List<String> arguments, String... settings) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.prefstream.schemas",
                                "-cp",
                                System.getProperty("java.class.path"),
                                TokenTrainerMain.class.getName(),
                                "train",
                                "--out",
                                out.toString()));
        command.addAll(arguments);
        for (String setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    /**
     * Reads the losses of the trunk's steps; after a number of them kills the process as {@code
     * kill -9} does. A step that is made again must have the loss it had. Returns the exit code.
     */
    static int runUntil(Process process, int steps, Map<Long, Double> losses)
            throws IOException, InterruptedException {
        int made = 0;
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (made >= steps) {
                    continue; // what was in the pipe when it was killed
                }
                JsonNode event = JSON.readTree(line);
                if (event.path("phase").asText().equals("trunk")) {
                    double loss = event.path("loss").asDouble();
                    Double before = losses.put(event.path("step").asLong(), loss);
                    assertThat(before).isIn(null, loss);
                    if (++made == steps) {
                        process.toHandle().destroyForcibly(); // Process's own closes the pipe
                    }
                }
            }
        }
        return process.waitFor();
    }

    /** A run that isn't disturbed: its losses by step. */
    static Map<Long, Double> runToTheEnd(Process process) throws IOException, InterruptedException {
        Map<Long, Double> losses = new TreeMap<>();
        assertThat(runUntil(process, Integer.MAX_VALUE, losses)).isZero();
        return losses;
    }

    static JsonNode summary(Path out) throws IOException {
        return JSON.readTree(out.resolve("trainer-summary.json").toFile());
    }
}
