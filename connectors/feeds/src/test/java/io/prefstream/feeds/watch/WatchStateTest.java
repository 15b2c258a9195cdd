package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.FeedOutput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class WatchStateTest {

    private static final WatchSplit SPLIT =
            new WatchSplit(
                    "org.a:lib",
                    new TreeMap<>(Map.of("1.0", "", "1.1", "märk")),
                    List.of(
                            new FeedOutput(Events.event("a", "1.1")),
                            new FeedOutput(Events.event("a", "1.2"))),
                    true);
    private static final WatchSplit WITH_A_DEAD_LETTER =
            new WatchSplit(
                    "org.a:lib",
                    new TreeMap<>(Map.of("1.0", "")),
                    List.of(
                            new FeedOutput(
                                    DeadLetter.newBuilder()
                                            .setStage("ingest")
                                            .setTopic("https://example.org/hour.json.gz")
                                            .setPartition(0)
                                            .setOffset(17)
                                            .setValue(ByteBuffer.wrap(new byte[] {1, 2}))
                                            .setError("no JSON")
                                            .setRecordedAt(Events.NOON)
                                            .build()),
                            new FeedOutput(Events.event("a", "1.2"))),
                    false);
    private static final WatchAssignments ASSIGNMENTS =
            new WatchAssignments(new TreeSet<>(List.of("a", "b")), List.of(SPLIT));

    private final WatchSplitSerializer splits = new WatchSplitSerializer();
    private final WatchAssignmentsSerializer assignments = new WatchAssignmentsSerializer();

    @Test
    void stateReadsWhatItWrote() throws Exception {
        assertThat(splits.deserialize(2, splits.serialize(SPLIT))).isEqualTo(SPLIT);
        WatchSplit unseen = WatchSplit.unseen("a");
        assertThat(splits.deserialize(2, splits.serialize(unseen))).isEqualTo(unseen);
        assertThat(assignments.deserialize(1, assignments.serialize(ASSIGNMENTS)))
                .isEqualTo(ASSIGNMENTS);
    }

    @Test
    void stateOfVersion1IsStillRead() throws Exception {
        assertThat(splits.deserialize(1, golden("watch-split-v1.bin"))).isEqualTo(SPLIT);
        assertThat(assignments.deserialize(1, golden("watch-assignments-v1.bin")))
                .isEqualTo(ASSIGNMENTS);
    }

    @Test
    void stateOfVersion2IsStillRead() throws Exception {
        byte[] bytes = golden("watch-split-v2.bin", splits.serialize(WITH_A_DEAD_LETTER));
        assertThat(splits.deserialize(2, bytes)).isEqualTo(WITH_A_DEAD_LETTER);
    }

    @Test
    void refusesStateThatIsNewerOrCutOff() throws Exception {
        assertThatThrownBy(() -> splits.deserialize(3, new byte[0]))
                .hasMessage(
                        "feed state of version 3 is newer than 2, the latest that this release"
                                + " reads");
        byte[] bytes = splits.serialize(SPLIT);
        assertThatThrownBy(
                        () ->
                                splits.deserialize(
                                        2, java.util.Arrays.copyOf(bytes, bytes.length - 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("feed state ends after");
    }

    /** Reads a fixture; with -Dgolden.write it is written first, once per version. */
    private static byte[] golden(String name, byte[] current) throws IOException {
        if (System.getProperty("golden.write") != null) {
            Path folder = Files.createDirectories(Path.of("src/test/resources/golden"));
            Files.write(folder.resolve(name), current);
            return current;
        }
        return golden(name);
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in = WatchStateTest.class.getResourceAsStream("/golden/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
