package io.prefstream.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.content.ContentLimits;
import io.prefstream.content.GitContentFetcher;
import io.prefstream.content.git.GitRepositories;
import io.prefstream.content.testing.GitRepositoryOnDisk;
import io.prefstream.ingest.filter.CommentLimits;
import io.prefstream.ingest.filter.FileOptions;
import io.prefstream.ingest.filter.PartOptions;
import io.prefstream.ingest.licence.LicencePolicy;
import io.prefstream.ingest.neardup.NearDupOptions;
import io.prefstream.ingest.redact.RedactionRules;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.jobs.common.testing.BoundedRun;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.CommitChange;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.RepoEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Commits of real repositories, through all of ingest. */
class CommitChangesTest {

    @RegisterExtension static final MiniClusterExtension CLUSTER = TwoSlots.cluster();

    private static final LicencePolicy ANY = new LicencePolicy(Set.of("MIT"), true);

    @TempDir Path folder;
    private GitRepositoryOnDisk git;

    @BeforeEach
    void anEmptyRepository() {
        git = GitRepositoryOnDisk.create(folder.resolve("repository"));
    }

    @AfterEach
    void close() {
        git.close();
    }

    private record Ingested(Map<String, CodeSnippet> snippets, List<Rejection> rejections) {
        CommitChange changeOf(String function) {
            return snippets.get(function).getChange();
        }
    }

    @Test
    void eachFunctionThatACommitChangedCarriesHowItStood() throws Exception {
        git.write("src/Meter.java", meter(function("total", "mark < to"), function("rest", "0")))
                .write("scale.py", python("scale", "low > limit"))
                .write("gone.py", python("gone", "low"));
        ObjectId parent = git.commit("functions");
        ObjectId fix =
                git.write(
                                "src/Meter.java",
                                meter(
                                        function("total", "mark <= to"),
                                        function("rest", "0"),
                                        function("added", "1")))
                        .write("scale.py", python("scale", "low >= limit"))
                        .delete("gone.py")
                        .commit("Fix the last mark\n\nIt was left out.\n");

        Ingested ingested = ingest(ANY, fix);

        assertThat(ingested.snippets()).containsOnlyKeys("total", "rest", "added", "scale");
        assertThat(ingested.changeOf("total"))
                .isEqualTo(
                        CommitChange.newBuilder()
                                .setParent(parent.name())
                                .setMessage("Fix the last mark\n\nIt was left out.")
                                .setChangedFiles(3)
                                .setBefore(function("total", "mark < to"))
                                .build());
        assertThat(ingested.snippets().get("total").getText())
                .isEqualTo(function("total", "mark <= to"));
        assertThat(ingested.changeOf("scale").getBefore()).contains("if low > limit:");
        assertThat(ingested.snippets().get("scale").getText()).contains("if low >= limit:");
        assertThat(ingested.changeOf("rest")).isNull();
        assertThat(ingested.changeOf("added")).isNull();
    }

    @Test
    void aFunctionThatWasRenamedMovedOrGivenOtherParametersIsNew() throws Exception {
        git.write(
                        "src/Meter.java",
                        meter(
                                function("total", "1"),
                                function("same", "2"),
                                function("wider", "3").replace("int to", "int to, int by")))
                .write("src/Other.java", meter(function("moved", "4")))
                .commit("functions");
        ObjectId fix =
                git.write(
                                "src/Meter.java",
                                meter(
                                        function("sum", "1"),
                                        function("same", "2 + to"),
                                        function("wider", "3"),
                                        function("moved", "4 + to")))
                        .delete("src/Other.java")
                        .commit("Fix all");

        Ingested ingested = ingest(ANY, fix);

        assertThat(ingested.snippets()).containsOnlyKeys("sum", "same", "wider", "moved");
        assertThat(changed(ingested)).containsExactly("same");
    }

    @Test
    void aRootCommitAMergeAndASnapshotTellOfNoChange() throws Exception {
        ObjectId root = git.write("a.py", python("first", "low")).commit("Fix nothing yet");
        git.checkout("side").write("a.py", python("first", "low + 1")).commit("Fix on the side");
        git.checkout("main").write("b.py", python("second", "low")).commit("main");
        ObjectId merge = git.merge("side");

        Ingested ingested = ingest(ANY, root, merge);

        assertThat(ingested.snippets().values())
                .extracting(CodeSnippet::getRevision)
                .contains(merge.name());
        assertThat(changed(ingested)).isEmpty();
        ObjectId last = git.write("b.py", python("second", "low + 2")).commit("Fix the second");
        assertThat(changed(snapshot(last))).isEmpty();
        assertThat(changed(ingest(ANY, last))).containsExactly("second");
    }

    @Test
    void anEarlierFileThatNobodyCanReadIsNoReasonToLeaveTheFileOut() throws Exception {
        git.write("binary.py", new byte[] {'a', 0, 'b'})
                .write("latin.py", "größe = 1".getBytes(StandardCharsets.ISO_8859_1))
                .write("broken.py", python("broken", "low > (limit"))
                .write("long.py", python("long", "low + " + "1 + ".repeat(5_000) + "1"))
                .write("huge.py", new byte[2 << 20])
                .write("good.py", python("good", "low"))
                .commit("what nobody can read");
        ObjectId fix =
                Stream.of("binary", "latin", "broken", "long", "huge", "good")
                        .reduce(
                                git,
                                (g, name) -> g.write(name + ".py", python(name, "low < limit")),
                                (a, b) -> a)
                        .commit("Fix all of them");

        Ingested ingested = ingest(ANY, fix);

        assertThat(ingested.snippets())
                .containsOnlyKeys("binary", "latin", "broken", "long", "huge", "good");
        assertThat(changed(ingested)).containsExactly("good");
    }

    @Test
    void letsNoSecretOfTheParentOrTheMessageOut() throws Exception {
        git.write("open.py", python("opened", "connect(password=\"tr0ub4dor&3\")"))
                .write("clean.py", python("clean", "low"))
                .commit("a secret");
        ObjectId fix =
                git.write("open.py", python("opened", "connect(password=read(limit))"))
                        .write("clean.py", python("clean", "low < limit"))
                        .commit(
                                "Fix the password that jo@acme.io found\n\n"
                                        + "It was: password = \"tr0ub4dor&3\"\n\n"
                                        + "Signed-off-by: Ada Lovelace <ada@acme.io>\n"
                                        + "Co-Authored-By: Charles B. <cb@acme.io>\n");

        Ingested ingested = ingest(ANY, fix);

        CommitChange change = ingested.changeOf("opened");
        assertThat(change.getBefore()).contains("connect(password=\"<PASSWORD>\")");
        assertThat(change.getMessage())
                .isEqualTo(
                        "Fix the password that <EMAIL> found\n\nIt was: password = \"<PASSWORD>\"");
        assertThat(change.getRedactions())
                .containsExactlyInAnyOrder("PASSWORD", "PASSWORD", "EMAIL");
        assertThat(ingested.changeOf("clean").getRedactions())
                .containsExactlyInAnyOrder("PASSWORD", "EMAIL");
        assertThat(ingested.snippets().get("opened").getRedactions()).isEmpty();
        assertThat(ingested.snippets().values() + " " + ingested.rejections())
                .doesNotContain("tr0ub4dor", "acme", "Lovelace", "Charles");
    }

    @Test
    void takesOfTheParentOnlyWhatWasUnderAnAllowedLicenceThen() throws Exception {
        LicencePolicy strict = new LicencePolicy(Set.of("MIT"), false);
        git.write("own.py", "# SPDX-License-Identifier: GPL-3.0-only\n" + python("own", "low"))
                .write("near/near.py", python("near", "low"))
                .write("near/package.json", "{\"license\": \"GPL-3.0-only\"}")
                .write("kept/kept.py", python("kept", "low"))
                .write("kept/package.json", "{\"license\": \"MIT\"}")
                .commit("functions");
        ObjectId relicensed =
                git.write("own.py", "# SPDX-License-Identifier: MIT\n" + python("own", "low + 1"))
                        .write("near/near.py", python("near", "low + 1"))
                        .write("near/package.json", "{\"license\": \"MIT\"}")
                        .write("kept/kept.py", python("kept", "low + 1"))
                        .commit("Fix the licence");

        Ingested ingested = ingest(strict, relicensed);

        assertThat(ingested.snippets()).containsOnlyKeys("own", "near", "kept");
        assertThat(changed(ingested)).containsExactly("kept");
    }

    @Test
    void whatIsLikeItsOwnEarlierRevisionAloneIsLetThroughAndMarked() throws Exception {
        String names =
                IntStream.range(0, 40)
                        .mapToObj(i -> "low < mark" + i + " and\n            ")
                        .collect(Collectors.joining());
        ObjectId root =
                git.write("a.py", python("meter", "(" + names + "low)")).commit("functions");
        ObjectId fix = git.write("a.py", python("meter", "(" + names + "high)")).commit("Fix it");

        Configuration off = new Configuration();
        off.set(NearDupOptions.ENABLED, false);
        List<CodeSnippet> all = run(ANY, off, List.of(event(root), event(fix))).snippets();
        Run deduplicated = run(ANY, new Configuration(), List.of(event(root), event(fix)));

        assertThat(all).hasSize(2).allMatch(snippet -> snippet.getNearDuplicateOf() == null);
        // Which of two came first is told by a clock of milliseconds, then by their ids.
        assertThat(deduplicated.snippets())
                .filteredOn(snippet -> snippet.getRevision().equals(fix.name()))
                .singleElement()
                .extracting(CodeSnippet::getChange)
                .isNotNull();
        assertThat(
                        deduplicated.snippets().stream()
                                .filter(snippet -> snippet.getNearDuplicateOf() == null))
                .hasSize(1);
    }

    private static List<String> changed(Ingested ingested) {
        return ingested.snippets().values().stream()
                .filter(snippet -> snippet.getChange() != null)
                .map(CodeSnippet::getName)
                .sorted()
                .toList();
    }

    private Ingested ingest(LicencePolicy licences, ObjectId... commits) throws Exception {
        return byName(licences, Stream.of(commits).map(this::event).toList());
    }

    private Ingested snapshot(ObjectId commit) throws Exception {
        return byName(
                ANY, List.of(Publications.commit(git.folder().toString(), commit.name(), true)));
    }

    private RepoEvent event(ObjectId commit) {
        return Publications.commit(git.folder().toString(), commit.name(), false);
    }

    private Ingested byName(LicencePolicy licences, List<RepoEvent> events) throws Exception {
        Configuration config = new Configuration();
        config.set(NearDupOptions.ENABLED, false);
        Run run = run(licences, config, events);
        return new Ingested(
                run.snippets().stream()
                        .collect(
                                Collectors.toMap(
                                        CodeSnippet::getName,
                                        Function.identity(),
                                        (first, later) -> later)),
                run.rejections());
    }

    private record Run(List<CodeSnippet> snippets, List<Rejection> rejections) {}

    private Run run(LicencePolicy licences, Configuration config, List<RepoEvent> events)
            throws Exception {
        Path cache = folder.resolve("cache");
        IngestPipeline pipeline =
                new IngestPipeline(
                        new OnThisMachine(cache.toString()),
                        new FetchSettings(
                                1, 1, Duration.ZERO, Duration.ofMinutes(1), Duration.ofMinutes(1)),
                        FileOptions.limits(config),
                        new CommentLimits(0, 1, Set.of()),
                        PartOptions.limits(config),
                        licences,
                        RedactionRules.all(),
                        IngestOptions.dedupExpiry(config),
                        List.of(),
                        NearDupOptions.settings(config));
        BoundedRun run = new BoundedRun(1);
        StageOutputs<CodeSnippet> outputs =
                pipeline.apply(
                        run.from("events", RepoEvent.class, events),
                        run.optOuts(),
                        run.benchmarks(),
                        run.from("letters", DeadLetter.class, List.of()));
        Supplier<List<CodeSnippet>> snippets = run.keep(outputs.records());
        Supplier<List<Rejection>> rejections = run.keep(outputs.rejections());
        run.execute("commits");
        return new Run(snippets.get(), rejections.get());
    }

    /** Fetches from repositories of this machine. */
    private record OnThisMachine(String cache) implements ContentFetchers {
        @Override
        public GitContentFetcher open() {
            return new GitContentFetcher(
                    new GitRepositories(Path.of(cache)), ContentLimits.DEFAULTS);
        }
    }

    private static String meter(String... functions) {
        return "class Meter {\n\n    "
                + String.join("\n\n", functions).replace("\n", "\n    ")
                + "\n}\n";
    }

    /** A method that looks unlike others of other names. */
    private static String function(String name, String expression) {
        return """
        int NAME(int from, int to) {
            int NAMELow = from + to;
            for (int mark = from; mark < to; mark++) {
                NAMELow = NAMELow + mark;
            }
            return NAMELow > 0 ? NAMELow : (EXPRESSION) != null;
        }\
        """
                .replace("NAME", name)
                .replace("EXPRESSION", expression);
    }

    private static String python(String name, String expression) {
        return """
        def NAME(low, high, limit):
            \"\"\"Reads the meter.\"\"\"
            NAME_total = low + high
            if EXPRESSION:
                return NAME_total - high
            for mark in range(limit):
                NAME_total = NAME_total + mark
            return NAME_total
        """
                .replace("NAME", name)
                .replace("EXPRESSION", expression);
    }
}
