package io.prefstream.synthesize.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.CommitChange;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.SnippetKind;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.SynthesizeReason;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CommitStrategyTest {

    private static final CommitStrategy STRATEGY =
            new CommitStrategy(new CommitSettings(10, 3, 240, 200));

    private static final String BEFORE = "int total(int a, int b) { return a < b ? a : b; }";
    private static final String AFTER = "int total(int a, int b) { return a <= b ? a : b + 1; }";

    @Test
    void theFunctionAfterTheFixIsPreferredToTheOneBefore() {
        CandidatePair pair = pair(snippet(AFTER, BEFORE, "Fix the total (#12)"));

        assertThat(pair.getStrategy()).isEqualTo("commit");
        assertThat(pair.getChosen()).isEqualTo(published(AFTER, "after"));
        assertThat(pair.getRejected()).isEqualTo(published(BEFORE, "before"));
        assertThat(pair.getInstruction())
                .isEqualTo("The smaller one.\nint total(int a, int b)")
                .doesNotContain("Fix", "12");
        assertThat(pair.getInstructionSource()).isEqualTo("doc-comment");
        assertThat(pair.getEdits()).isEmpty();
        assertThat(pair.getRevision()).isEqualTo("after");
        assertThat(pair.getProducer()).isEqualTo("synthesize.commit/1");
        assertThat(pair.getId()).isEqualTo(ContentId.of(pair.getInstruction(), AFTER, BEFORE));
    }

    @Test
    void nothingIsDrawnSoEverySeedGivesTheSamePair() {
        CodeSnippet snippet = snippet(AFTER, BEFORE, "Fix the total");

        assertThat(STRATEGY.attempt(snippet, 1, new RetryBudget(1, 0)).join())
                .isEqualTo(STRATEGY.attempt(snippet, 2, new RetryBudget(1, 0)).join());
    }

    @Test
    void makesNothingOfWhatHasNoChange() {
        CodeSnippet fix = snippet(AFTER, BEFORE, "Fix the total");

        assertThat(STRATEGY.suits(fix)).isTrue();
        assertThat(STRATEGY.suits(CodeSnippet.newBuilder(fix).setNearDuplicateOf("x").build()))
                .isTrue();
        assertThat(STRATEGY.suits(CodeSnippet.newBuilder(fix).setChange(null).build())).isFalse();
        assertThat(STRATEGY.suits(CodeSnippet.newBuilder(fix).setKind(SnippetKind.CLASS).build()))
                .isFalse();
        assertThat(STRATEGY.suits(CodeSnippet.newBuilder(fix).setLanguage("kotlin").build()))
                .isFalse();
    }

    @Test
    void aCommitThatIsNoFixIsNamedWithItsSubject() {
        assertThat(none(snippet(AFTER, BEFORE, "Add totals\n\nof all meters")))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.NOT_A_FIX,
                                "commit after, 'Add totals', is no fix: no word in its subject says"
                                        + " that something was wrong"));
        assertThat(none(snippet(AFTER, BEFORE, "Add " + "very ".repeat(30))).detail())
                .contains("'Add very very")
                .contains("very v…'")
                .hasSizeLessThan(200);
    }

    @Test
    void aSweepOverManyFilesIsNoFixOfOneThing() {
        CodeSnippet fix = snippet(AFTER, BEFORE, "Fix the total");
        CommitChange sweep = CommitChange.newBuilder(fix.getChange()).setChangedFiles(4).build();

        assertThat(none(CodeSnippet.newBuilder(fix).setChange(sweep).build()))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.CHANGE_TOO_LARGE,
                                "commit after of 4 files exceeds"
                                        + " synthesize.commit.max-changed-files=3"));
    }

    @Test
    void aFunctionThatWasWrittenAnewIsNoFix() {
        assertThat(
                        none(
                                snippet(
                                        "int total(int a, int b) { while (c()) { d(); } return e;"
                                                + " }",
                                        BEFORE,
                                        "Fix the total")))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.CHANGE_TOO_LARGE,
                                "what commit after took out and put in exceeds"
                                        + " synthesize.commit.max-changed-tokens=10"));
    }

    @Test
    void commentsAndLayoutAreNoFix() {
        assertThat(
                        none(
                                snippet(
                                        BEFORE.replace("{ ", "{\n    // the smaller\n    "),
                                        BEFORE,
                                        "Fix the total")))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.NO_CODE_CHANGED,
                                "commit after changed white space and comments alone"));
    }

    @Test
    void syntaxErrorsAreNoFix() {
        assertThat(none(snippet("int f( {", BEFORE, "Fix it")).detail())
                .isEqualTo("the function has syntax errors after commit after");
        assertThat(none(snippet(AFTER, "int f( {", "Fix it")))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.UNPARSEABLE_SNIPPET,
                                "the function has syntax errors before commit after"));
    }

    @Test
    void anInstructionKeepsToItsLimit() {
        CodeSnippet fix =
                CodeSnippet.newBuilder(snippet(AFTER, BEFORE, "Fix it"))
                        .setSignature("int total(" + "int a, ".repeat(40) + "int b)")
                        .build();

        assertThat(none(fix).reason()).isEqualTo(SynthesizeReason.INSTRUCTION_TOO_LONG);
    }

    @Test
    void otherLanguagesThanThoseThatAreMutatedHaveFixesToo() {
        CodeSnippet go =
                CodeSnippet.newBuilder(
                                snippet(
                                        "func total(a int) int {\n\treturn a + 1\n}",
                                        "func total(a int) int {\n\treturn a\n}",
                                        "fix: total"))
                        .setLanguage("go")
                        .setSignature("func total(a int) int")
                        .build();

        assertThat(pair(go).getLanguage()).isEqualTo("go");
    }

    private static CandidatePair pair(CodeSnippet snippet) {
        return ((Candidate) attempt(snippet)).pair();
    }

    private static NoCandidate none(CodeSnippet snippet) {
        return (NoCandidate) attempt(snippet);
    }

    private static Attempt attempt(CodeSnippet snippet) {
        return STRATEGY.attempt(snippet, 1, new RetryBudget(1, 0)).join();
    }

    private static Response published(String text, String revision) {
        return Response.newBuilder()
                .setText(text)
                .setGenerator("published")
                .setModelRevision(revision)
                .setFinishReason(FinishReason.PUBLISHED)
                .build();
    }

    private static CodeSnippet snippet(String after, String before, String message) {
        return CodeSnippet.newBuilder()
                .setId(ContentId.of("java", after))
                .setEventId("event")
                .setRepository("https://git.example.org/meters")
                .setRevision("after")
                .setPath("Meter.java")
                .setLanguage("java")
                .setKind(SnippetKind.FUNCTION)
                .setName("total")
                .setSignature("int total(int a, int b)")
                .setDocComment("The smaller one.")
                .setText(after)
                .setChange(
                        CommitChange.newBuilder()
                                .setParent("before")
                                .setMessage(message)
                                .setChangedFiles(3)
                                .setBefore(before)
                                .build())
                .setPublishedAt(Instant.EPOCH)
                .setProducer("test")
                .build();
    }
}
