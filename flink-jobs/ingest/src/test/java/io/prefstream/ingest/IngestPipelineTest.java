package io.prefstream.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.prefstream.ingest.changes.EarlierText;
import io.prefstream.ingest.changes.FileBefore;
import io.prefstream.ingest.filter.CommentLimits;
import io.prefstream.ingest.filter.FileOptions;
import io.prefstream.ingest.filter.PartOptions;
import io.prefstream.ingest.licence.LicencePolicy;
import io.prefstream.ingest.neardup.NearDupOptions;
import io.prefstream.ingest.neardup.NearDuplicate;
import io.prefstream.ingest.neardup.Probe;
import io.prefstream.ingest.redact.RedactionRules;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.jobs.common.testing.BoundedRun;
import io.prefstream.jobs.common.testing.LedgerReadings;
import io.prefstream.jobs.common.testing.OptOutExamples;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.OptOutScope;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.RepoEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IngestPipelineTest {

    private static final LedgerReadings READINGS = new LedgerReadings();

    private static final OptOut[] OPTED_OUT = {
        OptOutExamples.of("maven:org.example:unwanted"),
        OptOutExamples.of("maven:org.example:partly", OptOutScope.PATH_PREFIX, "private/")
    };

    @RegisterExtension static final MiniClusterExtension CLUSTER = TwoSlots.cluster(READINGS);

    private static final FetchSettings PATIENT =
            new FetchSettings(
                    4, 3, Duration.ofMillis(1), Duration.ofMinutes(1), Duration.ofMinutes(1));

    /** What a run put out, and what its ledger says. */
    private record Run(
            String job,
            List<CodeSnippet> snippets,
            List<Rejection> rejections,
            List<DeadLetter> deadLetters) {

        long rejected(String unit) {
            return rejections.stream().filter(r -> r.getUnit().equals(unit)).count();
        }

        Map<String, Long> reasons(String unit) {
            return rejections.stream()
                    .filter(r -> r.getUnit().equals(unit))
                    .collect(Collectors.groupingBy(Rejection::getReason, Collectors.counting()));
        }

        long in(String unit) {
            return READINGS.count(job, "ingest", unit, "in");
        }

        long out(String unit) {
            return READINGS.count(job, "ingest", unit, "out");
        }

        void assertConserved() {
            assertConserved(List.of());
        }

        /**
         * @param repeated reasons whose rejections may be the same record several times
         */
        void assertConserved(List<String> repeated) {
            for (String unit : List.of("event", "file", "snippet")) {
                assertThat(in(unit)).as(unit).isEqualTo(out(unit) + rejected(unit));
                assertThat(READINGS.count(job, "ingest", unit, "rejected"))
                        .as(unit)
                        .isEqualTo(rejected(unit));
            }
            assertThat(out("snippet")).isEqualTo(snippets.size());
            assertThat(rejections)
                    .filteredOn(rejection -> !repeated.contains(rejection.getReason()))
                    .extracting(Rejection::getId)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void cutsTheFunctionsOfAnArtifactOut() throws Exception {
        Run run = run("plain", 1, PATIENT, Publications.artifact("plain"));

        run.assertConserved();
        assertThat(run.snippets())
                .extracting(CodeSnippet::getName)
                .containsExactlyInAnyOrder("add", "twice", "half");
        CodeSnippet twice =
                run.snippets().stream()
                        .filter(snippet -> snippet.getName().equals("twice"))
                        .findFirst()
                        .orElseThrow();
        assertThat(twice.getRepository()).isEqualTo("maven:org.example:plain");
        assertThat(twice.getRevision()).isEqualTo("1.0");
        assertThat(twice.getPath()).isEqualTo("A.java");
        assertThat(twice.getLanguage()).isEqualTo("java");
        assertThat(twice.getDocComment()).isEqualTo("Gives twice.");
        assertThat(twice.getSignature()).isEqualTo("int twice(int x)");
        assertThat(twice.getText()).startsWith("int twice(int x) {").doesNotContain("/**");
        assertThat(twice.getPublishedAt()).isEqualTo(Publications.PUBLISHED);
        assertThat(twice.getProducer()).isEqualTo("ingest/1");
    }

    @Test
    void conservesEventsFilesAndFunctionsWhateverIsInThem() throws Exception {
        Run run =
                run(
                        "odd",
                        2,
                        PATIENT,
                        Publications.artifact("odd"),
                        Publications.artifact("plain"),
                        Publications.artifact("empty"),
                        Publications.artifact("missing"),
                        Publications.artifact("damaged"),
                        Publications.artifact("down"),
                        Publications.artifact("flaky"),
                        Publications.gap());

        run.assertConserved();
        assertThat(run.in("event")).isEqualTo(8);
        assertThat(run.reasons("event"))
                .isEqualTo(
                        Map.of(
                                "feed-gap",
                                1L,
                                "not-found",
                                1L,
                                "unreadable",
                                1L,
                                "unreachable",
                                1L));
        assertThat(run.in("file")).isEqualTo(13 + 2 + 1);
        assertThat(run.reasons("file"))
                .isEqualTo(
                        Map.of(
                                "language-not-supported", 1L,
                                "binary", 1L,
                                "not-utf8", 1L,
                                "empty", 1L,
                                "file-too-large", 2L,
                                "unparseable", 1L,
                                "nothing-to-cut", 1L,
                                "generated", 1L,
                                "path-refused", 1L,
                                "file-unreadable", 1L));
        assertThat(run.reasons("snippet")).isEqualTo(Map.of("too-short", 1L, "too-long", 1L));
        assertThat(run.snippets())
                .extracting(CodeSnippet::getName)
                .containsExactlyInAnyOrder("add", "twice", "half", "flaky");
        assertThat(run.deadLetters()).hasSize(1);
    }

    @Test
    void fetchesNothingOfARepositoryThatOptedOutAndTakesNoFileBelowAPrefixThatDid()
            throws Exception {
        Run run =
                run(
                        "opted out",
                        1,
                        PATIENT,
                        Publications.artifact("unwanted"),
                        Publications.artifact("partly"));

        run.assertConserved();
        assertThat(run.snippets()).extracting(CodeSnippet::getName).containsExactly("kept");
        assertThat(run.rejections())
                .filteredOn(rejection -> rejection.getReason().equals("opted-out"))
                .extracting(Rejection::getUnit, Rejection::getRepository)
                .containsExactlyInAnyOrder(
                        tuple("event", "maven:org.example:unwanted"),
                        tuple("file", "maven:org.example:partly"));
    }

    @Test
    void fetchesARevisionOnceThoughSeveralFeedsTellOfIt() throws Exception {
        RepoEvent first = Publications.artifact("plain");
        RepoEvent other = RepoEvent.newBuilder(first).setFeed("github").build();
        RepoEvent later =
                RepoEvent.newBuilder(first)
                        .setObservedAt(first.getObservedAt().plusSeconds(9))
                        .build();
        Run run =
                run(
                        "told-twice",
                        2,
                        PATIENT,
                        first,
                        other,
                        later,
                        Publications.gap(),
                        Publications.gap());

        run.assertConserved(List.of("feed-gap"));
        assertThat(run.in("event")).isEqualTo(5);
        assertThat(run.out("event")).isEqualTo(1);
        assertThat(run.in("file")).isEqualTo(2);
        assertThat(run.reasons("event")).isEqualTo(Map.of("duplicate-event", 2L, "feed-gap", 2L));
        assertThat(run.rejections())
                .filteredOn(rejection -> rejection.getReason().equals("duplicate-event"))
                .allSatisfy(
                        rejection ->
                                assertThat(rejection.getDetail())
                                        .contains(first.getId(), "revision 1.0", "came before"));
    }

    @Test
    void letsEachFileAndEachFunctionPassOnce() throws Exception {
        Run run =
                run(
                        "duplicates",
                        2,
                        PATIENT,
                        Publications.artifact("plain"),
                        Publications.artifact("same"),
                        Publications.artifact("duplicates"));

        run.assertConserved();
        assertThat(run.reasons("file")).isEqualTo(Map.of("exact-duplicate", 1L));
        assertThat(run.reasons("snippet")).isEqualTo(Map.of("duplicate-snippet", 1L));
        assertThat(run.snippets()).extracting(CodeSnippet::getId).doesNotHaveDuplicates();
        assertThat(run.rejections())
                .filteredOn(rejection -> rejection.getReason().equals("exact-duplicate"))
                .singleElement()
                .satisfies(
                        rejection ->
                                assertThat(rejection.getDetail())
                                        .startsWith("the same text as ")
                                        .endsWith("S.java"));
    }

    @Test
    void rejectsAnEventThatTakesTooLongAndGoesOn() throws Exception {
        FetchSettings impatient =
                new FetchSettings(
                        2, 1, Duration.ofMillis(1), Duration.ofMillis(250), Duration.ofMillis(250));
        Run run =
                run(
                        "stuck",
                        1,
                        impatient,
                        Publications.artifact("stuck"),
                        Publications.artifact("plain"));

        run.assertConserved();
        assertThat(run.reasons("event")).isEqualTo(Map.of("fetch-timeout", 1L));
        assertThat(run.out("event")).isEqualTo(1);
    }

    @Test
    void givesTheSameRecordsWhateverTheParallelism() throws Exception {
        RepoEvent[] events = {Publications.artifact("odd"), Publications.artifact("plain")};
        Run alone = run("alone", 1, PATIENT, events);
        Run together = run("together", 2, PATIENT, events);

        assertThat(together.snippets()).containsExactlyInAnyOrderElementsOf(alone.snippets());
        assertThat(together.rejections()).containsExactlyInAnyOrderElementsOf(alone.rejections());
    }

    @Test
    void takesOnlyCodeUnderAnAllowedLicenceAndKeepsTheEvidence() throws Exception {
        Run run =
                run(
                        "licences",
                        2,
                        PATIENT,
                        new LicencePolicy(Set.of("MIT", "ISC"), false),
                        Publications.artifact("licensed"),
                        Publications.artifact("plain"));

        run.assertConserved();
        assertThat(run.reasons("file"))
                .isEqualTo(
                        Map.of(
                                "licence-not-allowed", 1L,
                                "licence-unknown", 2L,
                                "language-not-supported", 1L));
        assertThat(run.snippets())
                .extracting(
                        CodeSnippet::getName,
                        snippet -> snippet.getLicence().getSpdxId(),
                        snippet -> snippet.getLicence().getEvidence())
                .containsExactlyInAnyOrder(
                        tuple("near", "MIT", "file:LICENSE"),
                        tuple("own", "ISC", "spdx-header"),
                        tuple("above", "MIT", "file:LICENSE"));
        assertThat(run.rejections())
                .filteredOn(rejection -> rejection.getReason().equals("licence-unknown"))
                .allSatisfy(
                        rejection ->
                                assertThat(rejection.getDetail())
                                        .contains("ingest.licence.unknown"));
    }

    @Test
    void letsNoSecretOut() throws Exception {
        Run run = run("secrets", 1, PATIENT, Publications.artifact("secrets"));

        run.assertConserved();
        CodeSnippet connect = run.snippets().get(0);
        assertThat(connect.getText()).contains("\"<PASSWORD>\"");
        assertThat(connect.getDocComment()).isEqualTo("Ask <EMAIL>.");
        assertThat(connect.getRedactions()).containsExactlyInAnyOrder("EMAIL", "PASSWORD");
        assertThat(connect.getId()).isEqualTo(ContentId.of("java", connect.getText()));
        assertThat(run.rejections()).hasSize(2);
        assertThat(run.rejections() + " " + run.snippets())
                .doesNotContain("tr0ub4dor")
                .doesNotContain("jo@acme.io");
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                SourceRef.class,
                FetchedItem.class,
                FetchedFile.class,
                SourceText.class,
                CutPart.class,
                FileBefore.class,
                EarlierText.class,
                Probe.class,
                NearDuplicate.class
            })
    void travelsBetweenOperatorsWithoutKryo(Class<?> value) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(value);
    }

    private static Run run(String job, int parallelism, FetchSettings fetching, RepoEvent... events)
            throws Exception {
        return run(job, parallelism, fetching, new LicencePolicy(Set.of("MIT"), true), events);
    }

    private static Run run(
            String job,
            int parallelism,
            FetchSettings fetching,
            LicencePolicy licences,
            RepoEvent... events)
            throws Exception {
        Configuration defaults = new Configuration();
        IngestPipeline pipeline =
                new IngestPipeline(
                        OddContent::new,
                        fetching,
                        FileOptions.limits(defaults),
                        new CommentLimits(0, 1, Set.of()),
                        PartOptions.limits(defaults),
                        licences,
                        RedactionRules.all(),
                        IngestOptions.dedupExpiry(defaults),
                        IngestOptions.DECONTAMINATION.fingerprints(defaults),
                        NearDupOptions.settings(defaults));
        BoundedRun run = new BoundedRun(parallelism);
        StageOutputs<CodeSnippet> outputs =
                pipeline.apply(
                        run.from("events", RepoEvent.class, List.of(events)),
                        run.optOuts(OPTED_OUT),
                        run.benchmarks(),
                        run.from("letters", DeadLetter.class, List.of(deadLetter())));

        Supplier<List<CodeSnippet>> snippets = run.keep(outputs.records());
        Supplier<List<Rejection>> rejections = run.keep(outputs.rejections());
        Supplier<List<DeadLetter>> letters = run.keep(outputs.deadLetters());
        run.execute(job);
        return new Run(job, snippets.get(), rejections.get(), letters.get());
    }

    private static DeadLetter deadLetter() {
        return DeadLetter.newBuilder()
                .setStage("ingest")
                .setTopic("prefstream.repo-events.v1")
                .setPartition(0)
                .setOffset(7)
                .setError("magic byte 9")
                .setRecordedAt(Instant.EPOCH)
                .build();
    }
}
