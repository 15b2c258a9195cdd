package io.prefstream.trainer;

import static io.prefstream.trainer.KilledCheckpoints.FIRST;
import static io.prefstream.trainer.KilledCheckpoints.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.topics.testing.HeldProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {

    @TempDir private Path folder;

    @Test
    void killedBeforeAnyOfItsChangesItLeavesWholeCheckpointsAlone() throws Exception {
        Path undisturbed = begun("undisturbed");
        int steps = KilledCheckpoints.of(undisturbed).killedBefore(HeldProgram.NEVER).size();
        assertThat(undisturbed.toFile().list()).containsExactly(SECOND);
        // Two are written, one of them in place of another, and one makes room.
        assertThat(steps).isGreaterThan(10);

        for (int kill = 0; kill < steps; kill++) {
            Path killed = begun("killed-" + kill);
            List<String> taken = KilledCheckpoints.of(killed).killedBefore(kill);
            List<Path> left = new CheckpointFolder(killed).finished();
            assertThat(left).as("killed behind %s", taken).isNotEmpty();
            assertThat(left)
                    .as("killed behind %s", taken)
                    .allMatch(checkpoint -> Manifest.problem(checkpoint).isEmpty());
            // Nothing else is left, and the next run has its way.
            assertThat(killed.toFile().list()).hasSameSizeAs(left);
            KilledCheckpoints.main(new String[] {killed.toString()});
            assertThat(killed.toFile().list()).containsExactly(SECOND);
        }
    }

    @Test
    void ofTrunksTheNewestWholeOnesStay() {
        List<String> there = List.of("archive", "step-1", "step-2", "step-3", "step-4", "step-5");
        assertThat(Retention.ofTrunks(2, "step-5", Set.of()).superfluous(there))
                .containsExactly("step-1", "step-2", "step-3");
        assertThat(Retention.ofTrunks(2, "step-5", Set.of("step-4")).superfluous(there))
                .containsExactly("step-4", "step-1", "step-2");
        assertThat(Retention.ofTrunks(1, "step-3", Set.of("step-5")).superfluous(there))
                .containsExactly("step-1", "step-2");
        assertThat(Retention.ofTrunks(9, "step-3", Set.of()).superfluous(there)).isEmpty();
    }

    @Test
    void ofReleasesThoseMadeLastStay() {
        List<String> there = List.of("best", "step-1-a", "step-2-b", "step-3-c", "step-9-z");
        assertThat(Retention.ofReleases(2, List.of("step-2-b", "step-3-c")).superfluous(there))
                .containsExactly("step-1-a", "step-9-z");
        assertThat(Retention.ofReleases(3, List.of("step-9-z", "step-1-a")).superfluous(there))
                .containsExactly("step-2-b");
        assertThat(Retention.ofReleases(0, List.of("step-1-a")).superfluous(there))
                .containsExactly("step-2-b", "step-3-c", "step-9-z", "step-1-a");
    }

    private Path begun(String name) throws IOException {
        Path begun = folder.resolve(name);
        KilledCheckpoints.write(new CheckpointFolder(begun), FIRST, "first");
        assertThat(Files.readString(begun.resolve(FIRST).resolve("weights"))).isEqualTo("first");
        return begun;
    }
}
