package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckpointsOnS3Test extends CheckpointStoreTests {

    @Override
    Store start() throws Exception {
        return new S3Server(folder.resolve("objects"));
    }

    @Test
    void aUriThatCannotBeIsRefusedInOneLineBeforeAnythingIsWritten() {
        Map<String, String> refusals =
                Map.of(
                        "gopher://host/x", "can't be used: No FileSystem for scheme \"gopher\"",
                        "s3a://nobody/x",
                                "can't be written to: The specified bucket does not exist",
                        "hdfs://nowhere.invalid:9/x", "can't be used: unknown host nowhere.invalid",
                        "models", "is no URI of a file system: expected one such as s3a://");
        refusals.forEach(
                (uri, why) -> {
                    CommandRun run =
                            CommandRun.of(
                                    "",
                                    "train",
                                    "--pairs",
                                    pairs.toString(),
                                    "--steps",
                                    "5",
                                    "--out",
                                    folder.resolve("out").toString(),
                                    "--set",
                                    "output.uri=" + uri);
                    assertThat(run.code()).isEqualTo(2);
                    assertThat(run.complaint()).contains("output.uri=" + uri + " " + why);
                });
        assertThat(folder.resolve("out")).doesNotExist();
        assertThat(CommandRun.of("", "score", "--model", store.uri("nothing")).complaint())
                .contains("--model=s3a://models/nothing is no release: it has no manifest.json");
    }
}
