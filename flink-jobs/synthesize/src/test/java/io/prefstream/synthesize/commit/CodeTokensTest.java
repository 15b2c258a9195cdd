package io.prefstream.synthesize.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.common.syntax.Language;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CodeTokensTest {

    @Test
    void commentsAndWhiteSpaceAreNone() {
        CodeTokens plain = tokens(Language.JAVA, "int f() { return a + 1; }");

        assertThat(plain.tokens())
                .containsExactly("int", "f", "(", ")", "{", "return", "a", "+", "1", ";", "}");
        assertThat(tokens(Language.JAVA, "int f() {\n  // one more\n  return a /* b */ + 1;\n}"))
                .isEqualTo(plain);
    }

    @Test
    void whiteSpaceInATextIsSome() {
        assertThat(tokens(Language.JAVA, "String f() { return \"a b\"; }"))
                .isNotEqualTo(tokens(Language.JAVA, "String f() { return \"a  b\"; }"));
        assertThat(tokens(Language.JAVASCRIPT, "function f() { return `a b`; }"))
                .isNotEqualTo(tokens(Language.JAVASCRIPT, "function f() { return `a  b`; }"));
    }

    @Test
    void aBlockOfPythonIsBordered() {
        CodeTokens inside =
                tokens(
                        Language.PYTHON,
                        "def f(a):\n    for b in a:\n        g(b)\n        return b\n");
        CodeTokens behind =
                tokens(Language.PYTHON, "def f(a):\n    for b in a:\n        g(b)\n    return b\n");

        assertThat(behind.tokens()).containsSequence(")", "block dedent", "return", "b");
        // A border goes from behind the statement to before it.
        assertThat(inside.changesTo(behind, 10)).hasValue(2);
        assertThat(
                        tokens(
                                Language.PYTHON,
                                "def f(a):\n  for b in a:\n    g(b)  # once\n\n  return b\n"))
                .isEqualTo(behind);
    }

    @Test
    void syntaxErrorsHaveNone() {
        assertThat(CodeTokens.of(Language.JAVA, "int f( {")).isEmpty();
    }

    @Test
    void countsWhatIsTakenOutAndPutIn() {
        CodeTokens before = tokens(Language.JAVA, "int f(int a) { return a < b; }");

        assertThat(before.changesTo(before, 1)).hasValue(0);
        assertThat(before.changesTo(tokens(Language.JAVA, "int g() {}"), Integer.MAX_VALUE))
                .isPresent();
        // < out, <= in
        assertThat(before.changesTo(tokens(Language.JAVA, "int f(int a) { return a <= b; }"), 5))
                .hasValue(2);
        // if ( a ) { return ; } in
        assertThat(
                        before.changesTo(
                                tokens(
                                        Language.JAVA,
                                        "int f(int a) { if (a) { return; } return a < b; }"),
                                8))
                .hasValue(8);
        assertThat(
                        before.changesTo(
                                tokens(
                                        Language.JAVA,
                                        "int f(int a) { if (a) { return; } return a < b; }"),
                                7))
                .isEmpty();
    }

    @Test
    void agreesWithTheTableOfLongestCommonSubsequences() {
        Random random = new Random(1);
        for (int round = 0; round < 500; round++) {
            List<String> one = letters(random);
            List<String> other = letters(random);
            int expected = one.size() + other.size() - 2 * commonSubsequence(one, other);

            OptionalInt changes = new CodeTokens(one).changesTo(new CodeTokens(other), 40);

            assertThat(changes).as("%s to %s", one, other).hasValue(expected);
            if (expected > 0) {
                assertThat(new CodeTokens(one).changesTo(new CodeTokens(other), expected - 1))
                        .isEmpty();
            }
        }
    }

    private static List<String> letters(Random random) {
        return new ArrayList<>(
                IntStream.range(0, random.nextInt(20))
                        .mapToObj(i -> String.valueOf((char) ('a' + random.nextInt(4))))
                        .toList());
    }

    /** By the textbook's table. */
    private static int commonSubsequence(List<String> one, List<String> other) {
        int[][] longest = new int[one.size() + 1][other.size() + 1];
        for (int i = 1; i <= one.size(); i++) {
            for (int j = 1; j <= other.size(); j++) {
                longest[i][j] =
                        one.get(i - 1).equals(other.get(j - 1))
                                ? longest[i - 1][j - 1] + 1
                                : Math.max(longest[i - 1][j], longest[i][j - 1]);
            }
        }
        return longest[one.size()][other.size()];
    }

    private static CodeTokens tokens(Language language, String function) {
        return CodeTokens.of(language, function).orElseThrow();
    }
}
