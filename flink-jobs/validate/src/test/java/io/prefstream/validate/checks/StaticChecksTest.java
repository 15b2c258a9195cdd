package io.prefstream.validate.checks;

import static io.prefstream.validate.checks.Judged.assertPassed;
import static io.prefstream.validate.checks.Judged.assertRefused;
import static io.prefstream.validate.checks.Judged.judge;
import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.validate.Candidates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks of what a compiler would say without the rest of the program. */
class StaticChecksTest {

    private static final Check NAMES = new UndefinedNamesCheck(null);
    private static final Check SIGNATURE =
            new SignatureCheck(new Objection(ValidateReason.OTHER_SIGNATURE, true));

    @Test
    void depthIsOfTheDeeperSide() {
        // module, function_definition, block, return_statement, four tuples, integer
        CandidatePair pair =
                Candidates.python(
                        "def f():\n    return 1\n", "def f():\n    return ((((1,),),),)\n");

        assertThat(judge(new DepthCheck(9), pair)).isEqualTo(new CheckResult.Passed(9.0));
        assertRefused(
                new DepthCheck(8),
                pair,
                ValidateReason.TOO_DEEP,
                "the syntax tree of rejected is 9 nodes deep, which exceeds"
                        + " validate.max-depth=8");
    }

    @Test
    void nestingInsideAStringCounts() {
        String deep = "def f():\n    return f'{" + "(".repeat(300) + "1" + ")".repeat(300) + "}'\n";

        assertRefused(
                new DepthCheck(256),
                Candidates.python("def f():\n    return 1\n", deep),
                ValidateReason.TOO_DEEP,
                "rejected is");
    }

    @Test
    void whatHasTooFewTokensToBeDeepIsNotMeasured() {
        assertThat(judge(new DepthCheck(512), Candidates.good()))
                .isEqualTo(new CheckResult.Passed(null));
    }

    @Test
    void nestingWithoutEndIsRefusedAndNoStackOverflow() {
        String deep = "int f() { return " + "(".repeat(5_000) + "1" + ")".repeat(5_000) + "; }";

        assertRefused(
                new DepthCheck(256),
                Candidates.java(Candidates.LARGER, deep),
                ValidateReason.TOO_DEEP,
                "validate.max-depth=256");
    }

    @Test
    void fieldsThatBothSidesUseAreNotOutOfNowhere() {
        assertThat(
                        judge(
                                NAMES,
                                Candidates.java(
                                        "int f(int a) { return count + a; }",
                                        "int f(int a) { return a + count; }")))
                .isEqualTo(new CheckResult.Passed(0.0));
    }

    @Test
    void theValueIsChosensNamesOutOfNowhereMinusRejecteds() {
        assertThat(
                        judge(
                                NAMES,
                                Candidates.java(
                                        "int f(int a) { return a; }",
                                        "int f(int a) { return total + rest - total; }")))
                .isEqualTo(new CheckResult.Passed(-2.0));
        assertThat(
                        judge(
                                NAMES,
                                Candidates.python(
                                        "def f(a):\n    return a + total\n",
                                        "def f(a):\n    return a\n")))
                .isEqualTo(
                        new CheckResult.Failed(
                                1.0,
                                "chosen uses 1 names that nothing declares or mentions: total"));
    }

    @Test
    void onlyWithALimitAreUndefinedNamesRefused() {
        CandidatePair pair =
                Candidates.java("int f() { return first + second; }", "int f() { return 3; }");

        assertRefused(
                new UndefinedNamesCheck(1),
                pair,
                ValidateReason.UNDEFINED_NAMES,
                "chosen uses 2 names that nothing declares or mentions: first, second, which"
                        + " exceeds validate.max-undefined-names=1");
        assertThat(judge(new UndefinedNamesCheck(2), pair)).isInstanceOf(CheckResult.Failed.class);
    }

    @Test
    void whatTheInstructionNamesAsAWordIsNotOutOfNowhere() {
        CandidatePair pair =
                Candidates.java("int f() { return numbers + umber; }", "int f() { return 3; }");

        assertThat(judge(NAMES, pair))
                .isEqualTo(
                        new CheckResult.Failed(
                                1.0,
                                "chosen uses 1 names that nothing declares or mentions: umber"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int f(List<A> as) { for (A a : as) { g(a); } return 0; }",
                "int f() { int a = 1, b = a; return b; }",
                "int f() { try (R r = o()) { r.g(); } catch (E e) { h(e); } return 0; }",
                "int f() { return g((a, b) -> a + b, c -> c.d, E::f); }",
                "int f(Object o) { return o instanceof A a ? a.g() : this.h; }",
                "int f() { out: while (true) { break out; } return MAX + A.B; }"
            })
    void whatJavaDeclaresIsDefined(String chosen) {
        assertThat(judge(NAMES, Candidates.java(chosen, "int f() { return 0; }")))
                .isEqualTo(new CheckResult.Passed(0.0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "def f(a, *b, c=1, **d):%    return a, b, c, d",
                "def f():%    a, (b, *c) = 1, (2, 3)%    return a + b + c",
                "def f():%    import os.path as p, re%    from x import y as z%    return p, re, z",
                "def f():%    with g() as a:%        return [b for b in a if (c := b) and c]",
                "def f():%    try:%        g()%    except E as e:%        return lambda x: (x, e)",
                "def f():%    def g(x):%        return x%    return map(int, g), sorted(g,"
                        + " key=len)",
                "def f():%    global a%    a = 1%    return A.b(c=2)"
            })
    void whatPythonDeclaresIsDefined(String chosen) {
        assertThat(
                        judge(
                                NAMES,
                                Candidates.python(
                                        chosen.replace('%', '\n'), "def f():\n    return 0\n")))
                .isEqualTo(new CheckResult.Passed(0.0));
    }

    @Test
    void namesOfOtherLanguagesAreSkipped() {
        assertThat(judge(NAMES, Candidates.of("go", "f.go", "func f() {}", "func f() { g() }")))
                .isEqualTo(new CheckResult.Skipped("no rules for names in go"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "java | public static int larger(int a, int b) | int larger(int x, int y) { return"
                        + " x; }",
                "java | Map<K, V> of(Map<? extends K, V> map) | @Override public Map<K, V> of(Map<?"
                        + " extends K, V> m) { return m; }",
                "java | Fox(int size) | Fox(int size) { this.size = size; }",
                "java | void f(String... all) throws IOException | class A { void f(String[] all) {"
                        + " g(); } }",
                "python | def f(a, b=1, *, c) -> int | def f(x, y, z):% return 1",
                "python | async def f(self) | @cache%async def f(self):% return 1",
                "javascript | const f = (a, b) | const f = (x, y) => x",
                "javascript | function f(a, b) | function f(a, b) { return a; }",
                "go | func (r *Fox) f(a, b int) error | func (r *Fox) f(a int, b int) error {"
                        + " return nil }",
                "rust | fn f<T: A<B>>(a: T, b: u8) -> T | fn f<T>(a: T, b: u8) -> T { a }",
                "c | int f(int a, char *b) | int f(int a, char *b) { return a; }"
            })
    void aSideThatDeclaresTheInstructionsFunctionPasses(
            String language, String signature, String side) {
        assertPassed(SIGNATURE, asked(signature, language, side, side));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "java | int larger(int a, int b) | int greater(int a, int b) { return a; }",
                "java | int larger(int a, int b) | int larger(int a) { return a; }",
                "java | int larger(Map<A, B> a, int b) | int larger(A a, B b, int c) { return a; }",
                "python | def larger(a, b) | def larger(a, b, c):% return a",
                "python | def larger(a, b) | larger = max"
            })
    void aChosenSideThatDeclaresAnotherIsRefusedAndARejectedOneRecorded(
            String language, String signature, String side) {
        String asked = signature + (language.equals("java") ? " { return a; }" : ":\n    return a");

        assertRefused(
                SIGNATURE,
                asked(signature, language, side, asked),
                ValidateReason.OTHER_SIGNATURE,
                "chosen declares no larger with 2 parameters, and"
                        + " validate.refuse-other-signature=true");
        assertThat(judge(SIGNATURE, asked(signature, language, asked, side)))
                .isEqualTo(
                        new CheckResult.Failed(
                                null, "rejected declares no larger with 2 parameters"));
    }

    @Test
    void anInstructionWithoutASignatureIsSkipped() {
        assertThat(judge(SIGNATURE, Candidates.good()))
                .isEqualTo(new CheckResult.Skipped("the instruction's last line is no signature"));
    }

    @Test
    void onlyTheLastLineIsTheSignature() {
        String said = "Like greater(int a).\nint larger(int a, int b)";

        assertPassed(SIGNATURE, asked(said, "java", Candidates.LARGER, Candidates.SMALLER));
    }

    private static CandidatePair asked(
            String instruction, String language, String chosen, String rejected) {
        return CandidatePair.newBuilder(
                        Candidates.of(
                                language,
                                "fox",
                                chosen.replace('%', '\n'),
                                rejected.replace('%', '\n')))
                .setInstruction(instruction)
                .build();
    }
}
