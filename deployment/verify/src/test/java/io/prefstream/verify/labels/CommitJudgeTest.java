package io.prefstream.verify.labels;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.CandidatePair;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.revwalk.RevCommit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fixes of a function that adds, in a history of one class and its test. */
class CommitJudgeTest {

    private static final String ADDER = "src/main/java/p/Adder.java";
    private static final String TEST = "src/test/java/p/AdderTest.java";
    private static final String WRONG = "static int sum(int a, int b) {\n    return a - b;\n}";
    private static final String RIGHT = "static int sum(int a, int b) {\n    return a + b;\n}";
    private static final PersonIdent SOMEBODY = new PersonIdent("somebody", "somebody@example.org");

    @TempDir Path folder;

    private Git git;

    @BeforeEach
    void begin() throws Exception {
        git = Git.init().setDirectory(folder.resolve("work").toFile()).call();
        commit("Adds", Map.of(ADDER, adder(WRONG), TEST, test("1, Adder.sum(1, 0)")));
    }

    @Test
    void aTestThatCameWithTheFixConfirmsIt() throws Exception {
        RevCommit fix =
                commit(
                        "Fixes sums",
                        Map.of(
                                ADDER,
                                adder(RIGHT),
                                TEST,
                                test("1, Adder.sum(1, 0)", "3, Adder.sum(1, 2)")));
        assertThat(rule(fix, RIGHT, WRONG)).isEqualTo(Ruling.CONFIRMED_BY_TESTS);
    }

    @Test
    void testsOfAnotherNameThatTheCommitTouchedCount() throws Exception {
        String other = "src/test/java/q/MathTest.java";
        String text =
                test("3, p.Adder.sum(1, 2)")
                        .replace("package p", "package q")
                        .replace("AdderTest", "MathTest");
        commit("Is seen", Map.of(ADDER, adder(WRONG).replace("static int", "public static int")));
        String right = "public " + RIGHT;
        RevCommit fix = commit("Fixes sums", Map.of(ADDER, adder(right), other, text));
        assertThat(rule(fix, right, "public " + WRONG)).isEqualTo(Ruling.CONFIRMED_BY_TESTS);
    }

    @Test
    void whatTheBuildFillsInStandsBesideTheCode() throws Exception {
        String right =
                "static int sum(int a, int b) {\n    return Filled.IN.isEmpty() ? 0 : a + b;\n}";
        RevCommit fix =
                commit(
                        "Fixes sums",
                        Map.of(
                                ADDER,
                                adder(right),
                                "src/main/java-templates/p/Filled.java",
                                "package p;\n\n"
                                        + "class Filled {\n"
                                        + "    static final String IN = \"${version}\";\n"
                                        + "}\n",
                                TEST,
                                test("3, Adder.sum(1, 2)")));
        assertThat(rule(fix, right, WRONG)).isEqualTo(Ruling.CONFIRMED_BY_TESTS);
    }

    @Test
    void whereNoTestTellsThemApartNothingIsDecided() throws Exception {
        RevCommit fix = commit("Fixes sums", Map.of(ADDER, adder(RIGHT)));
        assertThat(rule(fix, RIGHT, WRONG)).isEqualTo(Ruling.BOTH_PASS);
    }

    @Test
    void anExpectationThatWasTurnedRoundDecidesNothing() throws Exception {
        commit("Expects", Map.of(TEST, test("-1, Adder.sum(1, 2)")));
        RevCommit fix =
                commit("Fixes sums", Map.of(ADDER, adder(RIGHT), TEST, test("3, Adder.sum(1, 2)")));
        assertThat(rule(fix, RIGHT, WRONG)).isEqualTo(Ruling.TESTS_AT_ODDS);
    }

    @Test
    void aFixThatBreaksWhatWasTestedBeforeIsContradicted() throws Exception {
        commit("Expects", Map.of(TEST, test("-1, Adder.sum(1, 2)")));
        RevCommit fix =
                commit("Fixes sums", Map.of(ADDER, adder(RIGHT), TEST, test("1, Adder.sum(1, 0)")));
        assertThat(rule(fix, RIGHT, WRONG)).isEqualTo(Ruling.CONTRADICTED_BY_TESTS);
    }

    @Test
    void whatDoesNotCompileAmongNewCodeIsNotJudged() throws Exception {
        RevCommit fix = commit("Fixes sums", Map.of(ADDER, adder(RIGHT)));
        assertThat(rule(fix, RIGHT, WRONG.replace("a - b", "gone(a)")))
                .isEqualTo(Ruling.NOT_PLACED);
        assertThat(rule(fix, "int other() { return 1; }", WRONG)).isEqualTo(Ruling.NOT_PLACED);
    }

    @Test
    void withoutTestsNothingIsSaidAndOldFilesMayBeInLatin1() throws Exception {
        String path = "src/java/p/Lone.java";
        String text = "package p;\n\n/** \u00fc */\nclass Lone {\n" + RIGHT + "\n}\n";
        Path file = git.getRepository().getWorkTree().toPath().resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
        RevCommit fix = commit("Fixes sums", Map.of());
        CandidatePair pair =
                CandidatePair.newBuilder(LabelJudgeTest.pair(path, RIGHT, WRONG))
                        .setRevision(fix.name())
                        .build();
        try (CommitJudge judge = judge()) {
            assertThat(judge.rule(pair, RIGHT)).isEqualTo(Ruling.NO_TESTS);
        }
    }

    @Test
    void aRangeHoldsWhatLeadsToItsEndAndNotToItsBeginning() throws Exception {
        RevCommit first = commit("Fixes one", Map.of(ADDER, adder(RIGHT)));
        RevCommit second = commit("Fixes two", Map.of(ADDER, adder(WRONG)));
        Path folder = git.getRepository().getDirectory().toPath();
        Pattern any = Pattern.compile("");
        assertThat(PublishedEvents.commits(folder, second.name(), any)).hasSize(2);
        assertThat(PublishedEvents.commits(folder, first.name() + ".." + second.name(), any))
                .hasSize(1);
    }

    private Ruling rule(RevCommit commit, String chosen, String rejected) throws Exception {
        CandidatePair pair =
                CandidatePair.newBuilder(LabelJudgeTest.pair(ADDER, chosen, rejected))
                        .setRevision(commit.name())
                        .build();
        try (CommitJudge judge = judge()) {
            return judge.rule(pair, chosen);
        }
    }

    private CommitJudge judge() throws Exception {
        List<Path> junit =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(Path::of)
                        .toList();
        return new CommitJudge(
                git.getRepository().getDirectory().toPath(),
                revision -> junit,
                folder.resolve("scratch"),
                Duration.ofSeconds(5));
    }

    private RevCommit commit(String message, Map<String, String> files) throws Exception {
        for (var each : files.entrySet()) {
            Path file = git.getRepository().getWorkTree().toPath().resolve(each.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, each.getValue());
        }
        git.add().addFilepattern(".").call();
        return git.commit()
                .setMessage(message)
                .setAuthor(SOMEBODY)
                .setCommitter(SOMEBODY)
                .setSign(false)
                .call();
    }

    private static String adder(String function) {
        return "package p;\n\npublic final class Adder {\n" + function.indent(4) + "}\n";
    }

    /** A test for each pair of expected and actual value. */
    private static String test(String... equal) {
        String tests =
                Stream.of(equal)
                        .map(
                                each ->
                                        "    @Test void t%x() { Assertions.assertEquals(%s); }\n"
                                                .formatted(each.hashCode(), each))
                        .reduce("", String::concat);
        return """
        package p;

        import org.junit.jupiter.api.Assertions;
        import org.junit.jupiter.api.Test;

        public class AdderTest {
        %s}
        """
                .formatted(tests);
    }
}
