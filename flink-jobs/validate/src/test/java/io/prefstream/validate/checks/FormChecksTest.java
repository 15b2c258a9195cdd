package io.prefstream.validate.checks;

import static io.prefstream.validate.checks.Judged.assertPassed;
import static io.prefstream.validate.checks.Judged.assertRefused;
import static io.prefstream.validate.checks.Judged.judge;
import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.Response;
import io.prefstream.validate.Candidates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks of whether a side is an answer at all: whole, code alone, of the right language. */
class FormChecksTest {

    private static final String PYTHON = "def larger(a, b):\n    return a if a > b else b\n";

    private static final Check FINISH_REASON =
            new FinishReasonCheck(new Objection(ValidateReason.CUT_ANSWER, true));
    private static final Check CHATTER =
            new ChatterCheck(new Objection(ValidateReason.CHATTER, true));
    private static final Check REFUSAL =
            new RefusalCheck(new Objection(ValidateReason.REFUSAL, true));
    private static final Check LANGUAGE =
            new LanguageCheck(new Objection(ValidateReason.OTHER_LANGUAGE, true));

    @Test
    void aSideThatTheTokenLimitCutIsRefused() {
        assertRefused(
                FINISH_REASON,
                cut(Candidates.good()),
                ValidateReason.CUT_ANSWER,
                "rejected was cut by its generator's token limit, and"
                        + " validate.refuse-cut-answer=true");
        assertPassed(FINISH_REASON, Candidates.good());
    }

    @Test
    void whereTheOptionIsOffAFindingIsOnlyRecorded() {
        Check lenient = new FinishReasonCheck(new Objection(ValidateReason.CUT_ANSWER, false));

        assertThat(judge(lenient, cut(Candidates.good())))
                .isEqualTo(
                        new CheckResult.Failed(
                                null, "rejected was cut by its generator's token limit"));
    }

    @ParameterizedTest
    @EnumSource(
            value = FinishReason.class,
            names = {"STOP", "PUBLISHED", "UNKNOWN"})
    void otherEndsArePassed(FinishReason reason) {
        assertPassed(FINISH_REASON, ending(Candidates.good(), reason));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "```java\nint f() { return 1; }\n```",
                "int f() { return 1; }\n```\nThat's it",
                "Sure, here you are:\nint f() { return 1; }",
                "Here is the function:\n\nint f() { return 1; }",
                "int f() { return 1; }\n\nThis function returns one.",
                "int f() { return 1; }\n\nExplanation: it returns one.",
                "\n  Certainly! Below is the code.\nint f() { return 1; }"
            })
    void fencesAndSentencesAroundTheCodeAreRefused(String text) {
        assertRefused(
                CHATTER,
                Candidates.java(Candidates.LARGER, text),
                ValidateReason.CHATTER,
                "rejected holds chat around its code: '");
        assertRefused(
                CHATTER,
                Candidates.java(text, Candidates.SMALLER),
                ValidateReason.CHATTER,
                "chosen holds chat around its code: '");
    }

    @Test
    void chatAroundPythonIsRefusedByItsFirstLine() {
        assertRefused(
                CHATTER,
                Candidates.python("```python\n" + PYTHON + "```", PYTHON),
                ValidateReason.CHATTER,
                "'```python', and validate.refuse-chatter=true");
    }

    @Test
    void fencesInCommentsStringsAndDocstringsAreCode() {
        assertPassed(
                CHATTER,
                Candidates.java(
                        "String f() {\n  // ```java\n  return \"```\";\n}",
                        "Sure f() {\n/*\nNote this\n*/\n  return new Sure();\n}"));
        assertPassed(
                CHATTER,
                Candidates.python(
                        PYTHON,
                        "def f(a):\n"
                                + "    def g():\n"
                                + "        '''\n"
                                + "```\n"
                                + "Note that\n"
                                + "```\n"
                                + "'''\n"
                                + "        return a\n"
                                + "    return g\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "I'm sorry, but I can't help with that.",
                "# I cannot write this function.",
                "int f() {\n"
                        + "  // As an AI language model, I have no access to files.\n"
                        + "  return 1;\n"
                        + "}",
                "int f() {\n  /* I am unable to implement this method. */\n  return 1;\n}",
                "Unfortunately, I don't know the class."
            })
    void refusalsAsTextOrInCommentsAreRefused(String text) {
        assertRefused(
                REFUSAL,
                Candidates.java(Candidates.LARGER, text),
                ValidateReason.REFUSAL,
                "rejected holds a model's refusal: '");
    }

    @Test
    void aRefusalInADocstringIsOne() {
        assertRefused(
                REFUSAL,
                Candidates.python(
                        "def f():\n"
                                + "    \"\"\"As an AI model I don't run code.\"\"\"\n"
                                + "    return 1\n",
                        PYTHON),
                ValidateReason.REFUSAL,
                "chosen holds a model's refusal: 'As an AI', and validate.refuse-refusal=true");
    }

    @Test
    void apologiesThatCodeWorksWithAreNone() {
        assertPassed(
                REFUSAL,
                Candidates.java(
                        "boolean f(String s) { return s.contains(\"I'm sorry, but\"); }",
                        "<I extends A> I f(I i) {\n"
                                + "  // Sorry for this; I can explain\n"
                                + "  return i;\n"
                                + "}"));
        assertPassed(
                REFUSAL,
                Candidates.python(
                        "def f(s):\n    return 'As an AI language model' in s\n",
                        "def f(s):\n    # I cannot reproduce this\n    return s\n"));
    }

    @Test
    void codeOfAnotherLanguageIsRefusedByItsName() {
        assertRefused(
                LANGUAGE,
                Candidates.java(Candidates.LARGER, PYTHON),
                ValidateReason.OTHER_LANGUAGE,
                "as java and none as python, and validate.refuse-other-language=true");
        assertRefused(
                LANGUAGE,
                Candidates.python("func larger(a int, b int) int {\n\treturn a\n}", PYTHON),
                ValidateReason.OTHER_LANGUAGE,
                "as python and none as go");
    }

    @Test
    void whatParsesInItsOwnLanguageIsNotLookedAtFurther() {
        String both = "int larger(int a, int b) { return a; }";

        assertPassed(LANGUAGE, Candidates.java(both, both));
        assertPassed(LANGUAGE, Candidates.of("c", "larger.c", both, both));
    }

    @Test
    void whatIsNoLanguagesCodeIsLeftToTheParser() {
        assertPassed(LANGUAGE, Candidates.java(Candidates.LARGER, "int f( {"));
        assertPassed(LANGUAGE, Candidates.java(Candidates.LARGER, "x = 1"));
        assertThat(judge(LANGUAGE, Candidates.of("cobol", "A.cob", "MOVE.", "STOP.")))
                .isEqualTo(new CheckResult.Skipped("no grammar for cobol"));
    }

    private static CandidatePair cut(CandidatePair pair) {
        return ending(pair, FinishReason.LENGTH);
    }

    private static CandidatePair ending(CandidatePair pair, FinishReason reason) {
        return CandidatePair.newBuilder(pair)
                .setRejected(
                        Response.newBuilder(pair.getRejected()).setFinishReason(reason).build())
                .build();
    }
}
