package io.prefstream.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.replay.ReplayBuffer;
import io.prefstream.replay.ReplaySettings;
import io.prefstream.replay.ReplayUpdate;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands of replay tables without a broker: {@link ServedTableTest} has one. */
class ReplayCommandTest {

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --sampler random | replay.sampler=random must be one of fifo, lifo, uniform, prioritized, min-heap, max-heap
                    --capacity 0 | replay.capacity=0 must be at least 1
                    --capacity many | replay.capacity=many must be a whole number
                    --max-batch 8193 | --max-batch=8193 must be from 1 to 8,192
                    --port 65536 | replay.serve.port=65536 must be from 0 to 65535
                    --bind no.such.address.invalid | replay.serve.bind=no.such.address.invalid is no address
                    --set replay.history.fraction=2 | replay.history.fraction=2.0 must be in [0, 1)
                    --set replay.samples-per-insert=4 --set replay.error-buffer=1 | replay error-buffer of 1.0 is too small
                    --set replay.staleness.max-versions=5 | replay.staleness.max-versions=5 needs a trainer
                    --set model.name=x | unknown key model.name; there are: replay
                    --config nowhere.yaml | configuration nowhere.yaml is no file
                    """)
    void aBadSettingIsOneLineAndExitCodeTwoBeforeAnythingIsMade(String options, String expected) {
        Path table = folder.resolve("table");
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "serve",
                                "--bootstrap-servers",
                                "127.0.0.1:1",
                                "--registry-url",
                                "http://127.0.0.1:1",
                                "--table",
                                "" + table));
        arguments.addAll(List.of(options.split(" ")));
        assertThat(run(arguments.toArray(String[]::new)))
                .startsWith("2 prefstream: ")
                .contains(expected)
                .hasLineCount(1);
        assertThat(table).doesNotExist();
    }

    @Test
    void aTableIsSpreadOverShardsUnlessItIsOpenOrMissing() {
        Path table = folder.resolve("table");
        ReplaySettings settings = ReplaySettings.uniform(100);
        try (ReplayBuffer buffer = ReplayBuffer.open(table, settings)) {
            try (ReplayUpdate update = buffer.begin()) {
                Stream.of("a", "b", "c", "d")
                        .forEach(key -> update.insert(key, key.getBytes(UTF_8)));
                update.commit();
            }
            assertThat(reshard(table, "2"))
                    .startsWith("1 prefstream: replay table in " + table)
                    .contains("it is open already");
        }
        assertThat(reshard(table, "0")).startsWith("2 prefstream: --shards=0 must be from 1 to");
        assertThat(reshard(folder.resolve("none"), "2"))
                .startsWith("2 prefstream: --table=" + folder.resolve("none"))
                .contains("no replay table in");
        assertThat(reshard(table, "2")).isEqualTo("0 ");
        long pairs = 0;
        for (String shard : List.of("shard-0", "shard-1")) {
            try (ReplayBuffer buffer = ReplayBuffer.open(table.resolve(shard), settings)) {
                pairs += buffer.stats().size();
            }
        }
        assertThat(pairs).isEqualTo(4);
    }

    @Test
    void anEndpointThatIsNoneOrNobodysIsNamed() {
        assertThat(run("limit", "--endpoint", "here"))
                .isEqualTo(
                        "2 prefstream: --endpoint=here must be an address such as"
                                + " grpc://127.0.0.1:8815\n");
        assertThat(run("limit", "--endpoint", "grpc://127.0.0.1:1"))
                .startsWith("1 prefstream: grpc://127.0.0.1:1 can't be reached: Connection refused")
                .hasLineCount(1);
    }

    private static String reshard(Path table, String shards) {
        return run("reshard", "--table", "" + table, "--shards", shards);
    }

    /** The exit code and what was said of an error. */
    static String run(String... arguments) {
        StringWriter err = new StringWriter();
        String[] all =
                Stream.concat(Stream.of("replay"), Stream.of(arguments)).toArray(String[]::new);
        int code = Prefstream.commandLine().setErr(new PrintWriter(err, true)).execute(all);
        return code + " " + err;
    }
}
