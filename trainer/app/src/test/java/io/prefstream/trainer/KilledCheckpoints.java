package io.prefstream.trainer;

import io.prefstream.topics.testing.HeldProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A folder of checkpoints that is written to by a process of its own, which is held before each
 * change that {@link CheckpointFolder} makes to files.
 */
final class KilledCheckpoints {
    static final String FIRST = "step-000000001";
    static final String SECOND = "step-000000002";

    private KilledCheckpoints() {}

    /** Writes the first checkpoint again under its own name, then another one in its place. */
    public static void main(String[] arguments) throws IOException {
        CheckpointFolder folder = new CheckpointFolder(Path.of(arguments[0]));
        write(folder, FIRST, "again");
        write(folder, SECOND, "other");
        folder.retain(Retention.ofTrunks(1, SECOND, Set.of()));
    }

    static void write(CheckpointFolder folder, String name, String text) throws IOException {
        try (CheckpointFolder.Unfinished unfinished = folder.begin(name)) {
            Files.writeString(unfinished.path().resolve("weights"), text);
            unfinished.seal();
            unfinished.replace(name);
        }
    }

    static HeldProgram of(Path folder) {
        return new HeldProgram(
                KilledCheckpoints.class,
                List.of("" + folder),
                "-Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                Map.of(
                        Files.class,
                        Set.of(
                                "createDirectory",
                                "createDirectories",
                                "move",
                                "delete",
                                "deleteIfExists")),
                CheckpointFolder.class);
    }
}
