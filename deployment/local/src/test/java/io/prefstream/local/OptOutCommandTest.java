package io.prefstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.CheckpointKind;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.OptOutScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptOutCommandTest {

    @TempDir Path folder;

    @Test
    void namesTheCheckpointsThatWereTrainedOnItsPairs() throws IOException {
        List<CheckpointPublished> checkpoints =
                List.of(
                        published("before", "{\"maven:a:b\": 4}"),
                        published(
                                "after", "{\"maven:a:b\": 4, \"maven:c:d\": 7, \"maven:c:e\": 1}"));

        assertThat(OptOutCommand.affected(checkpoints, optOut("maven:c:d", OptOutScope.REPOSITORY)))
                .singleElement()
                .asString()
                .contains("checkpoint after (step 10,", "trained on 7 of its pairs");
        assertThat(OptOutCommand.affected(checkpoints, optOut("maven:c", OptOutScope.OWNER)))
                .singleElement()
                .asString()
                .contains("trained on 8 of");
        assertThat(OptOutCommand.affected(checkpoints, optOut("maven:a:b", OptOutScope.REPOSITORY)))
                .hasSize(2);
        OptOut prefix =
                OptOut.newBuilder(optOut("maven:c:d", OptOutScope.PATH_PREFIX))
                        .setPathPrefix("x/")
                        .build();
        assertThat(OptOutCommand.affected(checkpoints, prefix))
                .singleElement()
                .asString()
                .contains("up to 7");
        assertThat(OptOutCommand.affected(checkpoints, optOut("maven:z:z", OptOutScope.REPOSITORY)))
                .containsExactly("  no published checkpoint was trained on its pairs");
    }

    @Test
    void saysOfWhichCheckpointItDoesNotKnow() {
        CheckpointPublished gone = published("gone");

        assertThat(OptOutCommand.affected(List.of(gone), optOut("a", OptOutScope.REPOSITORY)))
                .singleElement()
                .asString()
                .contains("unknown: checkpoint gone", "can't be read here");
    }

    private CheckpointPublished published(String id, String repositories) throws IOException {
        CheckpointPublished published = published(id);
        Files.createDirectories(folder.resolve(id));
        Files.writeString(
                folder.resolve(id).resolve("lineage.json"),
                "{\"pairsByRepository\": " + repositories + "}");
        return published;
    }

    private CheckpointPublished published(String id) {
        return CheckpointPublished.newBuilder()
                .setId(id)
                .setModel("m")
                .setStep(10)
                .setKind(CheckpointKind.RELEASE)
                .setUri(folder.resolve(id).toUri().toString())
                .setFiles(List.of())
                .setMetrics(Map.of())
                .setPositions(List.of())
                .setPairsSeen(1)
                .setPairsByLicence(Map.of())
                .setPublishedAt(Instant.EPOCH)
                .setProducer("test/1")
                .build();
    }

    private static OptOut optOut(String name, OptOutScope scope) {
        return OptOut.newBuilder()
                .setRepository(name)
                .setScope(scope)
                .setRequestedAt(Instant.EPOCH)
                .build();
    }
}
