package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.replay.LogRecord;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Split;
import io.prefstream.trainer.export.DuckDb;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilePairsTest {

    private static final int PAIRS = 40;

    @TempDir private Path folder;

    private Path lines;

    @BeforeEach
    void writePairs() throws IOException {
        lines = PairFile.separable(folder.resolve("pairs.jsonl"), PAIRS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pairs.parquet", "pairs.json", "pairs.json.gz", "pairs.jsonl.gz"})
    void readsTheSamePairsFromEveryFormat(String name) throws IOException {
        assertThat(PairFile.read(as(name), 0.3)).isEqualTo(PairFile.read(lines, 0.3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pairs.jsonl", "pairs.parquet", "pairs.json"})
    void goesOnBehindTheRowsThatWereTaken(String name) throws IOException {
        Path file = as(name);
        List<PreferencePair> all = PairFile.read(file, 0);
        try (FilePairs source = PairFile.open(file, 0, 0)) {
            source.take(11);
            assertThat(source.positions()).isEqualTo(Map.of(0, 11L));
        }
        try (FilePairs source = PairFile.open(file, 0, 11)) {
            List<LogRecord> rest = source.take(PAIRS);
            assertThat(rest).hasSize(PAIRS - 11);
            assertThat(rest.get(0)).isEqualTo(new LogRecord.Pair(0, 11, all.get(11)));
            assertThat(source.take(1)).isEmpty();
            assertThat(source.finished()).isTrue();
            assertThat(source.positions()).isEqualTo(Map.of(0, (long) PAIRS));
        }
    }

    @Test
    void readsCodePmpsColumnsAndConversationsOfOneMessage() throws IOException {
        Path steps =
                write(
                        "steps.jsonl",
                        """
                        {"question": "1+1?", "chosen": "2", "rejected": "3", "split": "test", "licence": "MIT"}
                        """);
        PreferencePair pair = PairFile.read(steps, 0).get(0);
        assertThat(pair.getCandidate().getInstruction()).isEqualTo("Instruction:1+1?\n\nResponse:");
        assertThat(pair.getSplit()).isEqualTo(Split.HOLDOUT);
        assertThat(pair.getCandidate().getLicence().getSpdxId()).isEqualTo("MIT");
        Path chat =
                write(
                        "chat.jsonl",
                        """
                        {"chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], \
                        "rejected": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}
                        """);
        assertThat(PairFile.read(chat, 0).get(0).getCandidate().getInstruction()).isEqualTo("q");
    }

    @Test
    void aRowThatIsNoPairIsUndecodableAndTheNextOneIsRead() throws IOException {
        Path file =
                write(
                        "pairs.jsonl",
                        """
                        {"prompt": "p", "chosen": "c", "rejected": "r"}
                        {"prompt": "p", "chosen": "c", "rejected": " "}
                        no JSON

                        {"prompt": "p", "chosen": "c", "rejected": "s"}
                        """);
        try (FilePairs source = PairFile.open(file, 0, 0)) {
            List<LogRecord> records = source.take(10);
            assertThat(records).hasSize(4);
            assertThat(((LogRecord.Undecodable) records.get(1)).error())
                    .isEqualTo(file + ":2: rejected: expected a text, found an empty one");
            assertThat(((LogRecord.Undecodable) records.get(2)).error())
                    .startsWith(file + ":3: no JSON");
            assertThat(records.get(3).offset()).isEqualTo(4);
            assertThat(source.positions()).isEqualTo(Map.of(0, 5L));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    cut.parquet | is no whole Parquet file
                    text.parquet | is no whole Parquet file
                    bytes.jsonl | :1: no UTF-8
                    text.json.gz | Not in GZIP format
                    empty.jsonl | holds no pair
                    columns.jsonl | unknown columns [score]; expected for trl are
                    columns.jsonl | source.ignore-columns=score passes them over
                    several.jsonl | :1: expected a pair, found a row of the benchmark rm-bench
                    questions.jsonl | :1: expected a pair, found 3 answers
                    """)
    void whatCannotBeTrainedOnIsRefusedInOneLine(String name, String complaint) throws Exception {
        byte[] parquet = Files.readAllBytes(as("pairs.parquet"));
        Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(parquet, parquet.length / 2));
        write("text.parquet", "{}");
        Files.write(folder.resolve("bytes.jsonl"), new byte[] {'P', (byte) 0xfe, 7});
        write("text.json.gz", "[]");
        write("empty.jsonl", "\n");
        write(
                "columns.jsonl",
                """
                {"prompt": "p", "chosen": "c", "rejected": "r", "score": 1}
                """);
        write(
                "several.jsonl",
                """
                {"prompt": "p", "chosen": ["a", "b", "c"], "rejected": ["d", "e", "f"], "domain": "x"}
                """);
        write(
                "questions.jsonl",
                """
                {"context": "c", "question": "q", "answers": ["a", "b", "c"], "label": 2, "id_string": "1"}
                """);
        Path file = folder.resolve(name);
        CommandRun run = CommandRun.of("", "train", "--pairs", file.toString(), "--steps", "1");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.complaint()).startsWith("trainer: source.pairs=" + file).contains(complaint);
    }

    @Test
    void whatRowsSayOfThemselvesMustBeReadable() throws IOException {
        Path file =
                write(
                        "pairs.jsonl",
                        """
                        {"prompt": "p", "chosen": "c", "rejected": "r", "confidence": 1.5}
                        {"prompt": "p", "chosen": "c", "rejected": "r", "confidence": "high"}
                        {"prompt": "p", "chosen": "c", "rejected": "r", "published_at": "May"}
                        {"prompt": "p", "chosen": "c", "rejected": "r", "published_at": "2026-05-01T02:00:00+02:00", "licence": "MIT", "id": "one"}
                        """);
        try (FilePairs source = PairFile.open(file, 0, 0)) {
            List<LogRecord> records = source.take(10);
            assertThat(records.subList(0, 3))
                    .extracting(record -> ((LogRecord.Undecodable) record).error())
                    .containsExactly(
                            file + ":1: confidence=1.5 must be from 0 to 1",
                            file + ":2: confidence: expected a number, found \"high\"",
                            file
                                    + ":3: published_at: expected a time as 2026-05-01T00:00:00Z,"
                                    + " found \"May\"");
            PreferencePair last = ((LogRecord.Pair) records.get(3)).pair();
            assertThat(last.getId()).isEqualTo("one");
            assertThat(last.getCandidate().getPublishedAt())
                    .isEqualTo(Instant.parse("2026-05-01T00:00:00Z"));
            assertThat(last.getCandidate().getLicence().getSpdxId()).isEqualTo("MIT");
        }
    }

    @Test
    void columnsThatAreNamedArePassedOver() throws IOException {
        Path file =
                write(
                        "pairs.jsonl",
                        """
                        {"prompt": "p", "chosen": "c", "rejected": "r", "score": 1, "by": "x"}
                        """);
        TrainerConfig config =
                TrainerConfigReader.read(
                        null,
                        Map.of(
                                "source.pairs", file.toString(),
                                "source.ignore-columns", "score,by",
                                "schedule.steps", "1"));
        try (FilePairs source = new FilePairs(config.source(), file, null, 0)) {
            assertThat(source.take(2)).singleElement().isInstanceOf(LogRecord.Pair.class);
        }
    }

    @Test
    void damageBehindSomeRowsEndsTheFile() throws IOException {
        Path file =
                write("pairs.json", "[{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}, {");
        try (FilePairs source = PairFile.open(file, 0, 0)) {
            assertThat(source.take(1)).hasSize(1);
            assertThatThrownBy(() -> source.take(1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("source.pairs=" + file + ": element 2: no JSON");
        }
    }

    /** The pairs in the format that a name asks for. */
    private Path as(String name) throws IOException {
        Path file = folder.resolve(name);
        if (name.endsWith(".parquet")) {
            DuckDb.parquet(lines, file);
        } else if (!file.equals(lines)) {
            String text =
                    name.startsWith("pairs.jsonl")
                            ? Files.readString(lines)
                            : "[" + String.join(",", Files.readAllLines(lines)) + "]";
            try (OutputStream out = Files.newOutputStream(file);
                    OutputStream packed = name.endsWith(".gz") ? new GZIPOutputStream(out) : out) {
                packed.write(text.getBytes(StandardCharsets.UTF_8));
            }
        }
        return file;
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
