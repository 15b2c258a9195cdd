package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real trainer on a file system that is really full: a small one in memory, which needs no
 * rights beyond a mount namespace of one's own. Where the system doesn't grant that the test is
 * skipped.
 */
class FullDiskTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STEPS = 40;

    /** $1 disk, $2 and $3 its sizes, $4 where events and messages go, then the command. */
    private static final String SCRIPT =
            """
            disk=$1 small=$2 large=$3 said=$4; shift 4
            mount -t tmpfs -o size=$small tmpfs "$disk" || exit 99
            "$@" >"$said.1" 2>"$said.err1"; echo $? >"$said.rc1"
            ls "$disk/out/trunks" >"$said.trunks"
            mount -o remount,size=$large "$disk" || exit 98
            "$@" >"$said.2" 2>"$said.err2"; echo $? >"$said.rc2"
            """;

    @TempDir Path folder;

    @Test
    void aFullDiskEndsTheRunWithOneLineAndTheNextGoesOnWithTheSameSteps() throws Exception {
        assumeTrue(mayMount(), "no mount namespace here");
        Path pairs = PairFile.separable(folder.resolve("pairs.jsonl"), 600);
        Path model = TinyModel.write(folder.resolve("model"), pairs);
        List<String> source = List.of("--pairs", pairs.toString(), "--model", model.toString());
        String[] settings = {
            "schedule.steps=" + STEPS,
            "batch.pairs=8",
            "replay.min-size=64",
            "schedule.trunk-every-steps=5",
            "schedule.release-every=10",
            "keep-trunks=100",
            "evaluation.probes=false",
            "release.gate-margin=null"
        };
        Path whole = folder.resolve("whole");
        Map<Long, Double> expected = new TreeMap<>();
        assertThat(
                        TrainerProcess.start(whole, source, settings)
                                .listen(event -> note(event, expected)))
                .isZero();

        Path disk = Files.createDirectory(folder.resolve("disk"));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "unshare",
                                "--user",
                                "--map-root-user",
                                "--mount",
                                "sh",
                                "-c",
                                SCRIPT,
                                "sh",
                                disk.toString(),
                                "3m",
                                "200m",
                                folder.resolve("said").toString()));
        command.addAll(TrainerProcess.command(disk.resolve("out"), source, settings));
        assertThat(TrainerProcess.builder(command).inheritIO().start().waitFor()).isZero();

        assertThat(said("rc1")).isEqualTo("1");
        String message = said("err1");
        assertThat(message.substring(message.lastIndexOf("trainer: ")))
                .contains("No space left on device")
                .hasLineCount(1);
        assertThat(said("trunks")).contains("step-0000000");
        assertThat(said("rc2")).as(said("err2")).isEqualTo("0");
        Map<Long, Double> losses = new TreeMap<>();
        for (String run : List.of("1", "2")) {
            for (String line : said(run).split("\n", -1)) {
                note(JSON.readTree(line), losses);
            }
        }
        assertThat(losses).hasSize(STEPS).isEqualTo(expected);
    }

    private static void note(JsonNode event, Map<Long, Double> losses) {
        if (event.path("phase").asText().equals("trunk")) {
            double loss = event.path("loss").asDouble();
            assertThat(losses.put(event.path("step").asLong(), loss)).isIn(null, loss);
        }
    }

    private String said(String what) throws IOException {
        return Files.readString(folder.resolve("said." + what)).strip();
    }

    private static boolean mayMount() throws InterruptedException {
        try {
            return new ProcessBuilder(
                                    "unshare",
                                    "--user",
                                    "--map-root-user",
                                    "--mount",
                                    "sh",
                                    "-c",
                                    "mount -t tmpfs tmpfs /mnt")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
