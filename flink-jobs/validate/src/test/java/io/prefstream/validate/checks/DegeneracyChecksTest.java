package io.prefstream.validate.checks;

import static io.prefstream.validate.checks.Judged.assertPassed;
import static io.prefstream.validate.checks.Judged.assertRefused;
import static io.prefstream.validate.checks.Judged.judge;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.validate.Candidates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks of whether a pair has something to prefer. */
class DegeneracyChecksTest {

    private static final Check LOOP = new LoopCheck(0.5);
    private static final Check STUB = new StubCheck(new Objection(ValidateReason.STUB, true));
    private static final Check TRIVIAL =
            new TrivialDifferenceCheck(new Objection(ValidateReason.TRIVIAL_DIFFERENCE, true));

    @Test
    void theShareOfALoopIsOfAllWords() {
        // 4 words, 5 rounds of 3 words, 1 word: 15 of 20
        String text = "int f int x { " + "a = b + c; ".repeat(5) + "end }";

        assertThat(LoopCheck.shareInLoop(text)).isCloseTo(15 / 20.0, within(1e-12));
        assertRefused(
                LOOP,
                Candidates.java(Candidates.LARGER, text),
                ValidateReason.LOOP,
                "0.75 of the words of rejected are one passage over and over, which exceeds"
                        + " validate.max-loop-share=0.5");
    }

    @Test
    void threeRoundsAreNoLoop() {
        assertThat(LoopCheck.shareInLoop("p q r s t u v w x y ".repeat(3))).isZero();
        assertThat(LoopCheck.shareInLoop("p q r s t u v w x y ".repeat(4))).isEqualTo(1);
    }

    @Test
    void aLoopThatIsCutInItsMiddleCounts() {
        assertThat(LoopCheck.shareInLoop("a b c d e ".repeat(6) + "a b"))
                .isCloseTo(1, within(1e-12));
    }

    @Test
    void aLineInCommentsOverAndOverIsALoop() {
        assertRefused(
                LOOP,
                Candidates.python(
                        "def f(a):\n"
                                + "    # check the input again\n".repeat(20)
                                + "    return a\n",
                        "def f(a):\n    return a\n"),
                ValidateReason.LOOP,
                "of the words of chosen");
    }

    @Test
    void linesThatAreAlikeAndNotEqualAreNoLoop() {
        assertPassed(
                LOOP,
                Candidates.java(
                        "void f() { a(1); b(2); c(3); d(4); e(5); g(6); h(7); i(8); j(9); }",
                        "int f(int a) { if (a == 1) { return 2; } if (a == 2) { return 3; } if (a"
                                + " == 3) { return 4; } if (a == 4) { return 5; } return 6; }"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int larger(int a, int b) { }",
                "int larger(int a, int b) {\n  // TODO\n}",
                "Object larger(int a, int b) { return null; }",
                "int larger(int a, int b) { throw new UnsupportedOperationException(\"later\"); }",
                "int larger(int a, int b) { throw new IllegalStateException(\"Not yet"
                        + " implemented\"); }",
                "int larger(int a, int b) { throw new RuntimeException(\"TODO: implement\"); }",
                "int larger(int a, int b);",
                "Returns the larger of two numbers."
            })
    void aJavaSideThatDoesNothingIsRefused(String stub) {
        assertRefused(
                STUB,
                Candidates.java(Candidates.LARGER, stub),
                ValidateReason.STUB,
                "and validate.refuse-stub=true");
        assertRefused(
                STUB, Candidates.java(stub, Candidates.SMALLER), ValidateReason.STUB, "chosen ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "def larger(a, b):\n    pass\n",
                "def larger(a, b):\n    ...\n",
                "def larger(a, b):\n    '''The larger.'''\n",
                "def larger(a, b):\n    '''The larger.'''\n    return None\n",
                "def larger(a, b):\n    # later\n    raise NotImplementedError('later')\n",
                "@cache\ndef larger(a, b):\n    raise NotImplementedError\n"
            })
    void aPythonSideThatDoesNothingIsRefused(String stub) {
        assertRefused(
                STUB,
                Candidates.python("def larger(a, b):\n    return max(a, b)\n", stub),
                ValidateReason.STUB,
                "rejected only declares larger, which does nothing");
    }

    @Test
    void aSideThatRepeatsTheInstructionsLastLineIsAStub() {
        CandidatePair pair =
                CandidatePair.newBuilder(Candidates.java(Candidates.LARGER, "int f(int a)\n{"))
                        .setInstruction("Says what f is.\nint f(int a)")
                        .build();

        assertRefused(STUB, pair, ValidateReason.STUB, "rejected only says the instruction again");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "boolean isLeaf() { return false; }",
                "Object get() { return this.value; }",
                "void f(int a) { if (a < 0) { throw new UnsupportedOperationException(); } g(a); }",
                "void f() { throw new IllegalStateException(\"closed\"); }",
                "void f() { throw new IllegalStateException(); }",
                "Object f() { reset(); return null; }"
            })
    void shortFunctionsThatDoSomethingAreNoStubs(String text) {
        assertPassed(STUB, Candidates.java(text, Candidates.LARGER));
    }

    @Test
    void aSideOfCommentsAloneHoldsNoCode() {
        assertRefused(
                STUB,
                Candidates.java("// the larger one\n", Candidates.SMALLER),
                ValidateReason.STUB,
                "chosen holds no code");
    }

    @Test
    void oneStubAmongFunctionsIsNone() {
        assertPassed(
                STUB, Candidates.java("void f() { }\nint g() { return 1; }", Candidates.LARGER));
    }

    @Test
    void renamedLocalsAreATrivialDifference() {
        assertRefused(
                TRIVIAL,
                Candidates.java(
                        "int f(int a, int b) { int sum = a + b; return sum; }",
                        "int f(int x, int y) { int s = x + y; return s; }"),
                ValidateReason.TRIVIAL_DIFFERENCE,
                "and validate.refuse-trivial-difference=true");
        assertRefused(
                TRIVIAL,
                Candidates.java(
                        "Fox(int size) { this.size = size; }", "Fox(int n) { this.size = n; }"),
                ValidateReason.TRIVIAL_DIFFERENCE,
                "names of local variables");
        assertRefused(
                TRIVIAL,
                Candidates.python(
                        "def f(xs):\n    for i, x in enumerate(xs):\n        g(x, i=i)\n",
                        "def f(ys):\n    for n, y in enumerate(ys):\n        g(y, i=n)\n"),
                ValidateReason.TRIVIAL_DIFFERENCE,
                "names of local variables");
    }

    @Test
    void redundantParenthesesAreATrivialDifference() {
        assertRefused(
                TRIVIAL,
                Candidates.java(
                        "int f(int a, int b) { return a + b * a; }",
                        "int f(int a, int b) { return (a + (b * a)); }"),
                ValidateReason.TRIVIAL_DIFFERENCE,
                "or in parentheses");
        assertRefused(
                TRIVIAL,
                Candidates.of(
                        "go",
                        "f.go",
                        "func f(a int) int {\n\treturn a\n}",
                        "func f(a int) int {\n\treturn (a)\n}"),
                ValidateReason.TRIVIAL_DIFFERENCE,
                "or in parentheses");
    }

    @Test
    void parenthesesThatChangeTheMeaningAreNot() {
        assertPassed(
                TRIVIAL,
                Candidates.java(
                        "int f(int a, int b) { return (a + b) * a; }",
                        "int f(int a, int b) { return a + b * a; }"));
        assertPassed(
                TRIVIAL,
                Candidates.python(
                        "def f(a, b, c):\n    return (a < b) < c\n",
                        "def f(a, b, c):\n    return a < b < c\n"));
    }

    @Test
    void otherMembersMethodsTypesAndKeywordsAreNoRenaming() {
        assertPassed(
                TRIVIAL,
                Candidates.java("int f() { return this.a; }", "int f() { return this.b; }"));
        assertPassed(
                TRIVIAL,
                Candidates.java("int f(int a) { return g(a); }", "int f(int a) { return h(a); }"));
        assertPassed(
                TRIVIAL,
                Candidates.java(
                        "A f(Object a) { return (A) a; }", "B f(Object a) { return (B) a; }"));
        assertPassed(TRIVIAL, Candidates.java("int f() { return a; }", "int f() { return b; }"));
        assertPassed(
                TRIVIAL,
                Candidates.python(
                        "def f(a):\n    return g(b=a)\n", "def f(a):\n    return g(c=a)\n"));
    }

    /** One pair for each kind of edit that the mutation strategy makes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "swap-variables | int f(int a, int b) { int c = a; return g(c, b); } | int f(int a,"
                        + " int b) { int c = b; return g(c, a); }",
                "swap-operands | int f(int a, int b) { return a - b; } | int f(int a, int b) {"
                        + " return b - a; }",
                "swap-arguments | int f(int a, int b) { return g(a, b); } | int f(int a, int b) {"
                        + " return g(b, a); }",
                "swap-operators | int f(int a, int b) { return a + b * a; } | int f(int a, int b) {"
                        + " return a * b + a; }",
                "swap-literals | int f(int a) { return a == 1 ? 2 : 3; } | int f(int a) { return a"
                        + " == 2 ? 1 : 3; }",
                "swap-returned-values | int f(int a, int b) { if (c()) { return a; } return b; } |"
                        + " int f(int a, int b) { if (c()) { return b; } return a; }",
                "swap-statements | void f(int a) { a = g(a); h(a); } | void f(int a) { h(a); a ="
                        + " g(a); }",
                "swap-branches | int f(boolean a, int b, int c) { if (a) { return b; } else {"
                    + " return c; } } | int f(boolean a, int b, int c) { if (a) { return c; } else"
                    + " { return b; } }",
                "swap-conditions | int f(boolean a, boolean b) { if (a) { return 1; } else if (b) {"
                    + " return 2; } return 3; } | int f(boolean a, boolean b) { if (b) { return 1;"
                    + " } else if (a) { return 2; } return 3; }",
                "move-guard | void f(A a) { if (a == null) { return; } a.g(); } | void f(A a) {"
                        + " a.g(); if (a == null) { return; } }",
                "comparison-boundary | boolean f(int a, int b) { return a < b; } | boolean f(int a,"
                        + " int b) { return a <= b; }",
                "negate-condition | void f(boolean a) { if (a) { g(); } } | void f(boolean a) { if"
                        + " (!a) { g(); } }",
                "drop-check | void f(boolean a, boolean b) { if (a && b) { g(); } } | void"
                        + " f(boolean a, boolean b) { if (a) { g(); } }",
                "increment | void f(int a) { a++; } | void f(int a) { a--; }"
            })
    void noEditOfTheMutationStrategyIsATrivialDifference(
            String edit, String chosen, String rejected) {
        assertPassed(TRIVIAL, Candidates.java(chosen, rejected));
        assertPassed(STUB, Candidates.java(chosen, rejected));
        assertPassed(LOOP, Candidates.java(chosen, rejected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "def f(a, b):%    c = a%    return g(c, b) | def f(a, b):%    c = b%    return g(c,"
                        + " a)",
                "def f(a, b):%    return a - b | def f(a, b):%    return b - a",
                "def f(a, b):%    return [x for x in a if x in b] | def f(a, b):%    return [x for"
                        + " x in b if x in a]",
                "def f(a, b):%    if a is None:%        return b%    return a | def f(a, b):%    if"
                        + " a is not None:%        return b%    return a",
                "def f(a):%    if a and b:%        g() | def f(a):%    if a or b:%        g()",
                "def f(a, b):%    a, b = b, a%    return a | def f(a, b):%    b, a = a, b%   "
                        + " return a"
            })
    void noEditOfPythonIsATrivialDifference(String chosen, String rejected) {
        assertPassed(
                TRIVIAL, Candidates.python(chosen.replace('%', '\n'), rejected.replace('%', '\n')));
    }

    @Test
    void renamedApartInTwoScopesIsADifference() {
        assertPassed(
                TRIVIAL,
                Candidates.java(
                        "void f() { for (int i : a) g(i); for (int i : b) g(i); }",
                        "void f() { for (int i : a) g(i); for (int j : b) g(j); }"));
    }

    @Test
    void withoutAGrammarNothingIsTrivial() {
        assertThat(judge(TRIVIAL, Candidates.of("cobol", "A.cob", "MOVE.", "STOP.")))
                .isEqualTo(new CheckResult.Skipped("no grammar for cobol"));
    }
}
