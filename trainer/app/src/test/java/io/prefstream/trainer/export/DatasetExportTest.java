package io.prefstream.trainer.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.generation.Prompt;
import io.prefstream.model.DemoModel;
import io.prefstream.model.PairEncoding;
import io.prefstream.model.tokenizer.CodeTokenizer;
import io.prefstream.replay.PairLogReader;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.OptOutScope;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.RulesVersion;
import io.prefstream.schemas.Split;
import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.RecordDecoder;
import io.prefstream.topics.RecordEncoder;
import io.prefstream.topics.testing.TestTopics;
import io.prefstream.trainer.PairFile;
import io.prefstream.trainer.pairs.Comparison;
import io.prefstream.trainer.pairs.ComparisonFile;
import io.prefstream.trainer.pairs.PromptTexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets from a log on a real broker, read back by DuckDB. */
class DatasetExportTest {

    private final TestTopics topics = TestTopics.shared();
    private final Asked asked = new Asked();
    private Topic<PreferencePair> log;

    @TempDir private Path folder;

    @BeforeEach
    void newLog() {
        log = topics.alone(Topics.PREFERENCE_PAIRS);
        asked.out = folder.resolve("out");
    }

    @Test
    void anIndependentReaderFindsEveryValue() throws IOException {
        PreferencePair pair =
                PreferencePair.newBuilder(
                                Pairs.of(
                                        Pairs.candidate("one")
                                                .setChosen(
                                                        Pairs.response(
                                                                "a + b // 🦊 one", "strong", "abc"))
                                                .setRejected(
                                                        Pairs.response(
                                                                "b - a // one", "weak", "def"))
                                                .build()))
                        .setMargin(-1.25)
                        .setMarginModel("step-7")
                        .build();
        append("ignored-key", null);
        append(pair);

        export();

        Path file = file("train-00000-of-00001.parquet");
        assertThat(DuckDb.types(file))
                .containsExactly(
                        Map.entry("prompt", "VARCHAR"),
                        Map.entry("chosen", "VARCHAR"),
                        Map.entry("rejected", "VARCHAR"),
                        Map.entry("pair_id", "VARCHAR"),
                        Map.entry("repository", "VARCHAR"),
                        Map.entry("revision", "VARCHAR"),
                        Map.entry("path", "VARCHAR"),
                        Map.entry("license", "VARCHAR"),
                        Map.entry("license_evidence", "VARCHAR"),
                        Map.entry("language", "VARCHAR"),
                        Map.entry("strategy", "VARCHAR"),
                        Map.entry("aspects", "VARCHAR[]"),
                        Map.entry("instruction_source", "VARCHAR"),
                        Map.entry("chosen_generator", "VARCHAR"),
                        Map.entry("chosen_revision", "VARCHAR"),
                        Map.entry("rejected_generator", "VARCHAR"),
                        Map.entry("rejected_revision", "VARCHAR"),
                        Map.entry("confidence", "DOUBLE"),
                        Map.entry("model_margin", "DOUBLE"),
                        Map.entry("margin_model", "VARCHAR"),
                        Map.entry("published_at", "TIMESTAMP WITH TIME ZONE"),
                        Map.entry("producer", "VARCHAR"),
                        Map.entry("log_partition", "INTEGER"),
                        Map.entry("log_offset", "BIGINT"));
        List<Object> row =
                DuckDb.rows(
                                "SELECT * REPLACE (aspects::VARCHAR AS aspects) FROM"
                                        + " read_parquet('%s')",
                                file)
                        .get(0);
        assertThat(row.get(20))
                .isInstanceOfSatisfying(
                        OffsetDateTime.class,
                        at -> assertThat(at.toInstant()).isEqualTo(Pairs.FIRST_OF_MAY));
        row.remove(20);
        assertThat(row)
                .containsExactly(
                        "Adds üñí, one\n",
                        "a + b // 🦊 one",
                        "b - a // one",
                        ContentId.of("one"),
                        "maven:org.example:lib",
                        "1.0",
                        "src/Größe.java",
                        "Apache-2.0",
                        "file:LICENSE",
                        "java",
                        "mutation",
                        "['edit:swap-operands', 'kind:function']",
                        "doc-comment",
                        "strong",
                        "abc",
                        "weak",
                        "def",
                        0.75,
                        -1.25,
                        "step-7",
                        "validate/1",
                        0,
                        1L);
    }

    @Test
    void whatIsNotKnownIsNull() throws IOException {
        PreferencePair pair =
                PreferencePair.newBuilder(Pairs.of(Pairs.candidate("one").setLicence(null).build()))
                        .setAspects(List.of())
                        .build();
        append(pair);

        export();

        assertThat(
                        DuckDb.rows(
                                "SELECT license, license_evidence, chosen_revision,"
                                        + " rejected_revision, model_margin, margin_model,"
                                        + " len(aspects) FROM read_parquet('%s')",
                                file("train-00000-of-00001.parquet")))
                .containsExactly(Arrays.asList(null, null, null, null, null, null, 0L));
    }

    @Test
    void messagesAreListsOfRoleAndContent() throws IOException {
        append(Pairs.pair("one"));
        asked.form = TextForm.CONVERSATIONAL;

        export();

        Path file = file("train-00000-of-00001.parquet");
        String messages = "STRUCT(\"role\" VARCHAR, \"content\" VARCHAR)[]";
        assertThat(DuckDb.types(file))
                .containsEntry("prompt", messages)
                .containsEntry("chosen", messages)
                .containsEntry("rejected", messages);
        assertThat(
                        DuckDb.rows(
                                "SELECT len(prompt), prompt[1].role, prompt[1].content,"
                                        + " chosen[1].role, chosen[1].content, rejected[1].role,"
                                        + " rejected[1].content FROM read_parquet('%s')",
                                file))
                .containsExactly(
                        List.of(
                                1L,
                                "user",
                                "Adds üñí, one",
                                "assistant",
                                "a + b // 🦊 one",
                                "assistant",
                                "b - a // one"));
    }

    @Test
    void tuningAndEvaluationReadWhatWasExported() throws IOException {
        append(Pairs.pair("one"));
        for (TextForm form : TextForm.values()) {
            asked.form = form;
            asked.out = folder.resolve(form.toString());

            export();

            Path file = asked.out.resolve("data").resolve("train-00000-of-00001.parquet");
            assertThat(
                            new ComparisonFile(null, Set.of(), "--ignore-columns", null)
                                    .read(file)
                                    .comparisons())
                    .singleElement()
                    .satisfies(
                            pair -> {
                                assertThat(pair.chosen()).containsExactly("a + b // 🦊 one");
                                assertThat(pair.rejected()).containsExactly("b - a // one");
                                assertReadAsInPreTraining(pair);
                            });
        }
    }

    /** The tokens of an instruction are the same from the log, from a file and after TRL. */
    private void assertReadAsInPreTraining(Comparison read) throws IOException {
        Path model = folder.resolve("model");
        DemoModel.writeTokenizer(model);
        try (CodeTokenizer tokenizer = CodeTokenizer.read(model.resolve("tokenizer.json"))) {
            PairEncoding encoding = new PairEncoding(tokenizer, 0, 256);
            String chosen = read.chosen().get(0);
            int[] trained = encoding.encode("Adds üñí, one", chosen).ids();
            for (PromptTexts prompts : List.of(PromptTexts.of(model), PromptTexts.plain())) {
                assertThat(encoding.encode(prompts.of(read), chosen).ids()).isEqualTo(trained);
            }
            if (read.prompt() instanceof Prompt.Text prompt) {
                assertThat(tokenizer.encode(prompt.text() + chosen + "<|endoftext|>"))
                        .isEqualTo(trained);
            }
        }
    }

    @Test
    void trainingReadsWhereExportedPairsComeFrom() throws IOException {
        PreferencePair pair =
                PreferencePair.newBuilder(
                                Pairs.of(
                                        Pairs.candidate("one")
                                                .setChosen(Pairs.response("a", "strong", "abc"))
                                                .build()))
                        .setMargin(-1.25)
                        .setMarginModel("step-7")
                        .build();
        append(pair);

        export();

        PreferencePair read = PairFile.read(file("train-00000-of-00001.parquet"), 0).get(0);
        CandidatePair candidate = pair.getCandidate();
        // The data set has neither the snippet's id nor why an answer ended.
        assertThat(read.getCandidate())
                .isEqualTo(
                        CandidatePair.newBuilder(candidate)
                                .setSnippetId(candidate.getId())
                                .setInstruction(candidate.getInstruction() + "\n")
                                .setChosen(ended(candidate.getChosen()))
                                .setRejected(ended(candidate.getRejected()))
                                .setProducer("file/1")
                                .build());
        assertThat(read)
                .isEqualTo(
                        PreferencePair.newBuilder(pair).setCandidate(read.getCandidate()).build());
    }

    private static Response ended(Response response) {
        return Response.newBuilder(response).setFinishReason(FinishReason.UNKNOWN).build();
    }

    @Test
    void axolotlFindsItsFourColumns() throws IOException {
        append(Pairs.pair("one"));
        asked.layout = Layout.AXOLOTL;

        export();

        Path file = file("train-00000-of-00001.parquet");
        assertThat(DuckDb.types(file).keySet()).startsWith("system", "input", "chosen", "rejected");
        assertThat(
                        DuckDb.rows(
                                "SELECT system, input, chosen, rejected FROM read_parquet('%s')",
                                file))
                .containsExactly(List.of("", "Adds üñí, one", "a + b // 🦊 one", "b - a // one"));
    }

    @Test
    void noLayoutHasAColumnThatTrainersTakeForAMarginOfTheLoss() {
        for (Layout layout : Layout.values()) {
            assertThat(Columns.of(layout, TextForm.STANDARD))
                    .extracting(Column::name)
                    .doesNotContain("margin", "messages", "chosen_ids", "rejected_ids");
        }
    }

    @Test
    void theNewestVersionOfAPairCounts() throws IOException {
        append(Pairs.confident("better now", 0.1));
        append(Pairs.confident("worse now", 0.9));
        append(Pairs.confident("better now", 0.95));
        append(Pairs.confident("worse now", 0.2));
        asked.minConfidence = 0.5;

        ExportReport report = export();

        assertThat(
                        DuckDb.rows(
                                "SELECT pair_id, confidence, log_offset FROM read_parquet('%s')",
                                file("train-00000-of-00001.parquet")))
                .containsExactly(List.of(ContentId.of("better now"), 0.95, 2L));
        assertThat(report.superseded()).isEqualTo(2);
        assertThat(report.omitted()).isEqualTo(Map.of(Omission.LOW_CONFIDENCE, 1L));
    }

    /** As in the trainer: what the highest rules say holds, in whatever order it lies there. */
    @Test
    void theHighestRulesCountInWhateverOrder() throws IOException {
        append(ruled("newer first", 2, 0.9));
        append(ruled("newer first", 1, 0.6));
        append(ruled("newer last", 1, 0.6));
        append(ruled("newer last", 2, 0.9));
        append(ruled("again", 2, 0.6));
        append(ruled("again", 2, 0.9));
        append(ruled("refused", 1, 0.6));
        tombstone("refused", 2);
        tombstone("refused before", 2);
        append(ruled("refused before", 1, 0.6));
        append(ruled("refused by lower", 2, 0.9));
        tombstone("refused by lower", 1);
        tombstone("refused, kept by higher", 2);
        append(ruled("refused, kept by higher", 3, 0.9));
        append(ruled("unsure now", 2, 0.1));
        append(ruled("unsure now", 1, 0.9));
        append(ruled("forgotten", 2, 0.9));
        append(ContentId.of("forgotten"), null);
        append(ruled("forgotten", 1, 0.6));
        append(ruled("forgotten, came back", 2, 0.9));
        append(ContentId.of("forgotten, came back"), null);
        append(ruled("forgotten, came back", 2, 0.9));
        asked.minConfidence = 0.5;

        ExportReport report = export();

        assertThat(exported("train"))
                .containsOnly(
                        "newer first",
                        "newer last",
                        "again",
                        "refused by lower",
                        "refused, kept by higher",
                        "forgotten, came back");
        assertThat(
                        DuckDb.column(
                                "SELECT DISTINCT confidence FROM read_parquet('%s')",
                                file("train-*.parquet")))
                .hasToString("[0.9]");
        assertThat(report.omitted())
                .isEqualTo(Map.of(Omission.REMOVED, 3L, Omission.LOW_CONFIDENCE, 1L));
        assertThat(report.superseded()).isEqualTo(12);
        assertThat(accountedFor(report)).isEqualTo(report.records()).isEqualTo(22);
    }

    private static PreferencePair ruled(String name, int rules, double confidence) {
        return PreferencePair.newBuilder(Pairs.confident(name, confidence))
                .setRulesVersion(rules)
                .build();
    }

    private void tombstone(String name, int rules) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        topics.connection().clientProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(log.name(), 0, ContentId.of(name).getBytes(UTF_8), null);
            record.headers().add(RulesVersion.HEADER, RulesVersion.header(rules));
            producer.send(record);
        }
    }

    @Test
    void whatWasTakenBackOrOptedOutStaysOut() throws IOException {
        append(Pairs.pair("stays"));
        append(Pairs.pair("removed"));
        append(ContentId.of("removed"), null);
        append(Pairs.pair("came back"));
        append(ContentId.of("came back"), null);
        append(Pairs.pair("came back"));
        append(Pairs.from("repository", "https://github.com/a/b", "x.py"));
        append(Pairs.from("owner", "https://github.com/c/d", "x.py"));
        append(Pairs.from("path", "https://github.com/e/f", "gen/x.py"));
        append(Pairs.from("other path", "https://github.com/e/f", "src/x.py"));
        asked.optOuts =
                List.of(
                        optOut("https://github.com/A/b", OptOutScope.REPOSITORY, null),
                        optOut("https://github.com/c", OptOutScope.OWNER, null),
                        optOut("https://github.com/e/f", OptOutScope.PATH_PREFIX, "gen/"));

        ExportReport report = export();

        assertThat(exported("train")).containsOnly("stays", "came back", "other path");
        assertThat(report.omitted())
                .isEqualTo(Map.of(Omission.REMOVED, 1L, Omission.OPTED_OUT, 3L));
        assertThat(accountedFor(report)).isEqualTo(report.records()).isEqualTo(10);
    }

    @Test
    void theWindowHasItsBeginAndNotItsEnd() throws IOException {
        append(Pairs.published("before", Pairs.FIRST_OF_MAY.minusMillis(1)));
        append(Pairs.published("at begin", Pairs.FIRST_OF_MAY));
        append(Pairs.published("before end", Pairs.SECOND_OF_MAY.minusMillis(1)));
        append(Pairs.published("at end", Pairs.SECOND_OF_MAY));
        asked.since = Pairs.FIRST_OF_MAY;
        asked.until = Pairs.SECOND_OF_MAY;

        ExportReport report = export();

        assertThat(exported("train")).containsOnly("at begin", "before end");
        assertThat(report.omitted()).isEqualTo(Map.of(Omission.OUTSIDE_WINDOW, 2L));
    }

    @Test
    void languagesAndConfidenceSelect() throws IOException {
        append(Pairs.inLanguage("java", "java"));
        append(Pairs.inLanguage("python", "python"));
        append(Pairs.inLanguage("rust", "rust"));
        append(Pairs.confident("unsure", 0.7499));
        asked.languages = Set.of("Java", "rust");
        asked.minConfidence = 0.75;

        ExportReport report = export();

        assertThat(exported("train")).containsOnly("java", "rust");
        assertThat(report.omitted())
                .isEqualTo(Map.of(Omission.OTHER_LANGUAGE, 1L, Omission.LOW_CONFIDENCE, 1L));
    }

    @Test
    void eachSideOfTheSplitHasFilesOfItsOwn() throws IOException {
        append(Pairs.pair("train"));
        append(Pairs.holdout("test"));
        append(PreferencePair.newBuilder(Pairs.pair("new")).setSplit(Split.UNKNOWN).build());

        ExportReport report = export();

        assertThat(exported("train")).containsOnly("train");
        assertThat(exported("test")).containsOnly("test");
        assertThat(report.omitted()).isEqualTo(Map.of(Omission.UNKNOWN_SPLIT, 1L));

        asked.out = folder.resolve("test only");
        asked.splits = Set.of(Split.HOLDOUT);
        assertThat(export().pairs()).isEqualTo(Map.of("test", 1L));
        assertThat(filesOf(asked.out.resolve("data"))).containsOnly("test-00000-of-00001.parquet");
    }

    @Test
    void filesOfLimitedSizeHoldAllPairsInTheOrderOfTheirIds() throws IOException {
        List<PreferencePair> many =
                IntStream.range(0, 2_000).mapToObj(i -> Pairs.pair("n" + i)).toList();
        topics.produce(log, many);
        asked.maxFileBytes = 50_000;

        ExportReport report = export();

        int files = report.files().get("train");
        assertThat(files).isGreaterThan(3);
        List<String> names = filesOf(asked.out.resolve("data"));
        assertThat(names)
                .containsExactlyElementsOf(
                        IntStream.range(0, files)
                                .mapToObj(i -> "train-%05d-of-%05d.parquet".formatted(i, files))
                                .toList());
        List<String> ids = new ArrayList<>();
        for (String name : names) {
            assertThat(Files.size(file(name))).isLessThan(60_000);
            ids.addAll(DuckDb.column("SELECT pair_id FROM read_parquet('%s')", file(name)));
        }
        assertThat(ids)
                .isSorted()
                .hasSameElementsAs(many.stream().map(PreferencePair::getId).toList())
                .hasSize(2_000);
    }

    @Test
    void theSameLogGivesTheSameBytes() throws IOException {
        topics.produce(log, IntStream.range(0, 300).mapToObj(i -> Pairs.pair("n" + i)).toList());
        append(Pairs.holdout("test"));
        asked.maxFileBytes = 20_000;
        export();
        Map<String, Integer> first = contents(asked.out);
        asked.out = folder.resolve("again");
        export();

        assertThat(contents(asked.out)).isEqualTo(first).hasSizeGreaterThan(3);
    }

    @Test
    void recordsThatCannotBeReadAreCounted() throws IOException {
        append(Pairs.pair("one"));
        append("key", new byte[] {7, 7, 7, 7, 7, 7});

        ExportReport report = export();

        assertThat(report.undecodable()).isEqualTo(1);
        assertThat(accountedFor(report)).isEqualTo(report.records()).isEqualTo(2);
    }

    @Test
    void nothingToExportIsAnErrorThatLeavesNothing() throws IOException {
        assertThatThrownBy(this::export)
                .isInstanceOf(ExportException.class)
                .hasMessage("no pair to export: the log holds 0 records; nothing left out");

        append(Pairs.confident("one", 0.2));
        asked.minConfidence = 0.5;
        assertThatThrownBy(this::export)
                .hasMessage(
                        "no pair to export: the log holds 1 records; left out: low-confidence 1");
        assertThat(filesOf(folder)).isEmpty();
    }

    @Test
    void aLanguageThatNoPairIsInIsNamed() throws IOException {
        append(Pairs.inLanguage("a", "java"));
        append(Pairs.inLanguage("b", "python"));
        asked.languages = Set.of("java", "jva");

        assertThatThrownBy(this::export)
                .hasMessage(
                        "--language=jva: no pair of the log is in it; there are [java, python]");
        assertThat(filesOf(folder)).isEmpty();
    }

    @Test
    void aFolderThatHoldsSomethingIsLeftAlone() throws IOException {
        append(Pairs.pair("one"));
        Files.createDirectories(asked.out);
        Files.writeString(asked.out.resolve("mine"), "x");

        assertThatThrownBy(this::export)
                .hasMessage(
                        "--out=%s is not empty: a data set gets a folder of its own"
                                .formatted(asked.out));
        assertThat(filesOf(asked.out)).containsExactly("mine");

        Files.delete(asked.out.resolve("mine"));
        export();
        assertThat(exported("train")).containsOnly("one");
    }

    private static long accountedFor(ExportReport report) {
        return report.undecodable()
                + report.superseded()
                + report.omitted().values().stream().mapToLong(Long::longValue).sum()
                + report.written();
    }

    private ExportReport export() throws IOException {
        Map<String, String> client =
                Map.of("bootstrap.servers", topics.connection().bootstrapServers());
        try (PairLogReader reader =
                new PairLogReader(
                        client,
                        log.name(),
                        RecordDecoder.connect(log, topics.connection()),
                        Map.of())) {
            return DatasetExport.run(asked.request(), reader, () -> asked.optOuts);
        }
    }

    /** Names (the ids' texts) of the pairs in a split's files. */
    private List<String> exported(String split) {
        return DuckDb.column(
                "SELECT regexp_extract(rejected, '// (.*)', 1) FROM read_parquet('%s')",
                file(split + "-*.parquet"));
    }

    private Path file(String name) {
        return asked.out.resolve("data").resolve(name);
    }

    private void append(PreferencePair pair) {
        append(
                pair.getId(),
                RecordEncoder.connect(log, topics.connection()).serialize(log.name(), pair));
    }

    private void append(String key, byte[] value) {
        topics.produceRaw(log.name(), key.getBytes(UTF_8), value);
    }

    private static OptOut optOut(String repository, OptOutScope scope, String prefix) {
        return OptOut.newBuilder()
                .setRepository(repository)
                .setScope(scope)
                .setPathPrefix(prefix)
                .setRequestedAt(Pairs.SECOND_OF_MAY)
                .build();
    }

    private static List<String> filesOf(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static Map<String, Integer> contents(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .collect(
                            Collectors.toMap(
                                    file -> folder.relativize(file).toString(),
                                    DatasetExportTest::hash,
                                    (a, b) -> a,
                                    TreeMap::new));
        }
    }

    private static int hash(Path file) {
        try {
            return Arrays.hashCode(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** A request in the making. */
    private static final class Asked {
        private Path out;
        private Layout layout = Layout.TRL;
        private TextForm form = TextForm.STANDARD;
        private Instant since;
        private Instant until;
        private Set<String> languages = Set.of();
        private double minConfidence;
        private Set<Split> splits = Set.of(Split.TRAIN, Split.HOLDOUT);
        private long maxFileBytes = ExportRequest.DEFAULT_MAX_FILE_BYTES;
        private List<OptOut> optOuts = List.of();

        private ExportRequest request() {
            return new ExportRequest(
                    out,
                    layout,
                    form,
                    since,
                    until,
                    new TreeSet<>(languages),
                    minConfidence,
                    splits,
                    maxFileBytes);
        }
    }
}
