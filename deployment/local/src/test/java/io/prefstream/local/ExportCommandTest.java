package io.prefstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.OptOutScope;
import io.prefstream.schemas.Split;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.TopicAdmin;
import io.prefstream.topics.TopicWriter;
import io.prefstream.topics.TopicsConnection;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ExportCommandTest {

    private static final String NOWHERE =
            "export dataset --bootstrap-servers 127.0.0.1:1 --registry-url http://127.0.0.1:1 ";

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--layout csv|--layout=csv must be one of trl, openrlhf, axolotl",
                "--format chat|--format=chat must be one of standard, conversational",
                "--split dev|--split=dev must be train, test or both",
                "--since yesterday|--since=yesterday is no instant such as 2026-05-01T00:00:00Z",
                "--min-confidence 2|--min-confidence=2.0 must be in [0, 1]",
                "--max-file-size 0|--max-file-size=0 MiB must be at least 0.001 MiB",
                "--since 2026-05-02T00:00:00Z --until 2026-05-01T00:00:00Z|must be before",
                "--layout axolotl --format conversational|exclude each other"
            })
    void aWrongOptionIsNamedBeforeAnythingStarts(String options, String message) {
        Said said = prefstream(NOWHERE + "--out " + folder.resolve("out") + " " + options);

        assertThat(said.status).isEqualTo(Prefstream.BAD_USAGE);
        assertThat(said.err).contains(message).hasLineCount(1);
    }

    @Test
    void aFolderThatIsNotEmptyIsNamedBeforeAnythingStarts() throws Exception {
        Files.writeString(folder.resolve("mine"), "x");

        Said said = prefstream(NOWHERE + "--out " + folder);

        assertThat(said.status).isEqualTo(Prefstream.BAD_USAGE);
        assertThat(said.err).contains("--out=" + folder + " is not empty").hasLineCount(1);
    }

    @Test
    void theSourceIsEitherTopicsOrARun() {
        Said none = prefstream("export dataset --out " + folder);
        Said both = prefstream(NOWHERE + "--run " + folder + " --out " + folder);
        Said noRun = prefstream("export dataset --run " + folder + " --out " + folder);

        assertThat(none.status).isEqualTo(Prefstream.BAD_USAGE);
        assertThat(none.err)
                .contains("either --run or --bootstrap-servers and --registry-url must be given")
                .hasLineCount(1);
        assertThat(both.status).isEqualTo(Prefstream.BAD_USAGE);
        assertThat(both.err).isEqualTo(none.err);
        assertThat(noRun.status).isEqualTo(Prefstream.BAD_USAGE);
        assertThat(noRun.err).contains("--run=" + folder + " holds no run");
    }

    @Test
    void aRunThatHasEndedIsExportedFromWhatItLeft() throws Exception {
        Path run = folder.resolve("run");
        leaveARun(run);
        Path out = folder.resolve("out");

        Said said = prefstream("export dataset --run %s --out %s".formatted(run, out));

        assertThat(said.err).isEmpty();
        assertThat(said.status).isEqualTo(Prefstream.DONE);
        try (Stream<Path> files = Files.walk(out)) {
            assertThat(files.filter(Files::isRegularFile).map(out::relativize))
                    .extracting(Path::toString)
                    .containsExactlyInAnyOrder(
                            "README.md",
                            "data/train-00000-of-00001.parquet",
                            "data/test-00000-of-00001.parquet");
        }
        assertThat(Files.readString(out.resolve("README.md")))
                .contains("2 pairs of code", "Of 3 records left out: opted-out 1.");

        try (RunFolder going = RunFolder.open(run)) {
            Said refused =
                    prefstream(
                            "export dataset --run %s --out %s"
                                    .formatted(run, folder.resolve("other")));
            assertThat(going.path("run.json")).exists();
            assertThat(refused.status).isEqualTo(Prefstream.FAILED);
            assertThat(refused.err)
                    .contains("another run is going on", "services.json")
                    .hasLineCount(1);
        }
    }

    /** A run's folder with a broker and a registry that hold three pairs and an opt-out. */
    private static void leaveARun(Path run) throws Exception {
        try (RunFolder folder = RunFolder.open(run);
                EmbeddedKafka kafka = EmbeddedKafka.start(folder.path("kafka"));
                EmbeddedRegistry registry =
                        EmbeddedRegistry.start(
                                EmbeddedRegistry.home(),
                                folder.path("registry"),
                                folder.log("registry"))) {
            folder.write(RunRequestFile.NAME, "a run");
            TopicsConnection topics =
                    new TopicsConnection(kafka.bootstrapServers(), registry.url());
            TopicAdmin.create(topics, 2, (short) 1);
            TopicWriter.writeAll(
                    Topics.PREFERENCE_PAIRS,
                    topics,
                    List.of(
                            StoredPairs.pair("a", "https://github.com/a/b", Split.TRAIN),
                            StoredPairs.pair("b", "https://github.com/a/b", Split.HOLDOUT),
                            StoredPairs.pair("c", "https://github.com/c/d", Split.TRAIN)));
            TopicWriter.writeAll(
                    Topics.OPT_OUTS,
                    topics,
                    List.of(
                            OptOut.newBuilder()
                                    .setRepository("https://github.com/c")
                                    .setScope(OptOutScope.OWNER)
                                    .setRequestedAt(Instant.EPOCH)
                                    .build()));
        }
    }

    private record Said(int status, String err) {}

    private static Said prefstream(String arguments) {
        CommandLine line = Prefstream.commandLine();
        StringWriter err = new StringWriter();
        line.setErr(new PrintWriter(err, true));
        int status = line.execute(arguments.split(" "));
        return new Said(status, err.toString());
    }
}
