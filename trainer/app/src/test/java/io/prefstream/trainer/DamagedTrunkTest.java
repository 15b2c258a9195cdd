package io.prefstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.model.ModelBundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trunks of a real model, optimizer and table, of which one byte has changed. */
class DamagedTrunkTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    @Test
    void whicheverFileOfTheNewestTrunkIsDamagedTheOneBeforeIsGoneOnFrom() throws IOException {
        Path pairs = PairFile.separable(folder.resolve("pairs.jsonl"), 200);
        Path model = TinyModel.write(folder.resolve("model"), pairs);
        Map<Long, Double> expected = losses(train(pairs, model, folder.resolve("whole"), 15));

        Path out = folder.resolve("out");
        train(pairs, model, out, 3);
        // A table that was opened again has its items in files, no longer in the log alone.
        train(pairs, model, out, 6);
        long steps = 6;
        for (String file : List.of(ModelBundle.WEIGHTS, "optimizer.safetensors", "table/*.sst")) {
            Path newest = out.resolve("trunks/step-%09d".formatted(steps));
            Path damaged = one(newest, file);
            flipAByte(damaged);
            steps += 3;
            List<JsonNode> events = train(pairs, model, out, steps);
            assertThat(events.get(0).path("passedOver"))
                    .extracting(JsonNode::asText)
                    .containsExactly(
                            "trunk %s is damaged: %s is not what was written"
                                    .formatted(newest, newest.relativize(damaged)));
            Map<Long, Double> again = losses(events);
            assertThat(again.keySet())
                    .containsExactlyInAnyOrder(
                            steps - 5, steps - 4, steps - 3, steps - 2, steps - 1, steps);
            assertThat(expected).containsAllEntriesOf(again);
        }
    }

    private static Path one(Path trunk, String glob) throws IOException {
        Path parent = trunk.resolve(glob).getParent();
        String name = glob.substring(glob.lastIndexOf('/') + 1);
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, name)) {
            return found.iterator().next();
        }
    }

    private static void flipAByte(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        // Files of a table may be linked to the trunk before.
        Files.delete(file);
        Files.write(file, bytes);
    }

    private static List<JsonNode> train(Path pairs, Path model, Path out, long steps)
            throws IOException {
        String arguments =
                "train --pairs %s --model %s --out %s --set schedule.steps=%d --set schedule.trunk-every-steps=3 --set schedule.decay-fraction=0 --set batch.pairs=4 --set replay.min-size=64 --set source.pairs-per-step=16 --set progress.measure-peak=false --set evaluation.probes=false"
                        .formatted(pairs, model, out, steps);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        int exit =
                TrainerMain.run(
                        arguments.split(" ", -1), new PrintStream(lines, true, UTF_8), System.err);
        assertThat(exit).isZero();
        List<JsonNode> events = new ArrayList<>();
        for (String line : lines.toString(UTF_8).lines().toList()) {
            events.add(JSON.readTree(line));
        }
        return events;
    }

    private static Map<Long, Double> losses(List<JsonNode> events) {
        Map<Long, Double> losses = new TreeMap<>();
        for (JsonNode event : events) {
            if (event.path("phase").asText().equals("trunk")) {
                losses.put(event.path("step").asLong(), event.path("loss").asDouble());
            }
        }
        return losses;
    }
}
