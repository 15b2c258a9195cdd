package io.prefstream.validate.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.common.syntax.CodePart;
import io.prefstream.jobs.common.syntax.CodeSplitter;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LexerTest {

    /** The project's own sources, which every checkout has. */
    private static final Path OWN_SOURCES = Path.of("../..");

    @Test
    void layoutAndCommentsAreNoTokens() {
        assertThat(java("int f() { /* a */ return b++ + ++c; } // d"))
                .containsExactly(
                        "int", "f", "(", ")", "{", "return", "b", "++", "+", "++", "c", ";", "}");
    }

    @Test
    void aLiteralIsOneToken() {
        assertThat(
                        java(
                                "f(\"a // \\\" b\", '\\'', 1.5e-3, 0xFe+1, 0x1p-5, \"\"\"\n"
                                        + " a \" b\"\"\");"))
                .containsExactly(
                        "f",
                        "(",
                        "\"a // \\\" b\"",
                        ",",
                        "'\\''",
                        ",",
                        "1.5e-3",
                        ",",
                        "0xFe",
                        "+",
                        "1",
                        ",",
                        "0x1p-5",
                        ",",
                        "\"\"\"\n a \" b\"\"\"",
                        ")",
                        ";");
        assertThat(python("f(rb'a\\' # b', f\"{c}\", '''d\n'e''')"))
                .containsExactly(
                        "f", "(", "rb'a\\' # b'", ",", "f\"{c}\"", ",", "'''d\n'e'''", ")");
    }

    @Test
    void angleBracketsThatCloseStandAlone() {
        assertThat(java("Map<A, List<B>> c;")).isEqualTo(java("Map<A, List<B> > c;"));
    }

    @Test
    void bracketsThatWereNeverOpenedAreLeftToTheTree() {
        assertThat(Lexer.tokens(Language.JAVA, "int f() { } } int g() { ")).isEmpty();
        assertThat(Lexer.tokens(Language.GO, "func f() {}")).isEmpty();
    }

    @Test
    void whateverStandsInATextIsCutWithoutAFault() {
        String marks = "ab1 \n\t\\\"'{}()[]:;.,=<>+-*/#@$_\u00e9\ud83d\ude00fF0xe";
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(30); length > 0; length--) {
                text.append(marks.charAt(random.nextInt(marks.length())));
            }
            for (Language language : List.of(Language.JAVA, Language.PYTHON)) {
                Lexer.tokens(language, text.toString())
                        .ifPresent(tokens -> assertThat(tokens).doesNotContain(""));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "def f(a):\n    if a:\n        g()\n    h()\n",
                "def f(a):\n    if a: g(); h()\n    else: i()\n",
                "def f(a):\n  # b\n\n  x = {1: 2,\n 3: 4}\n  return a[1:2]\n",
                "class A:\n\tdef f(self, k=lambda x: x): return k\n\n\tdef g(self):\n\t\tpass",
                "async def f():\n    async with a as b, \\\n        c:\n        await b\n",
                "def f(a: int = 1) -> A:\n"
                        + "    x: int = 2\n"
                        + "    for i in a:\n"
                        + "        for j in i:\n"
                        + "            yield\n",
                "def f():\n"
                        + "    try:\n"
                        + "        pass\n"
                        + "    except (A, B) as e:\n"
                        + "        raise\n"
                        + "    finally:\n"
                        + "        g(lambda: 1)\n",
                "def f():\n    while a: b = lambda c: c\n    return 0\n"
            })
    void pythonsBlocksAreBracketedAsTheTreeDoes(String text) {
        assertSameAsTheTree(Language.PYTHON, text);
    }

    @Test
    void theProjectsOwnFunctionsReadAsTheirTreesDo() throws Exception {
        int functions = 0;
        try (Stream<Path> files = Files.walk(OWN_SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().matches(".*/src/.*\\.(java|py)"))
                            .toList()) {
                Language language = Language.ofPath(file.toString()).orElseThrow();
                try (SyntaxTree tree = SyntaxTree.parse(language, Files.readString(file))) {
                    for (CodePart function : CodeSplitter.functions(tree)) {
                        if (!function.broken()) {
                            assertSameAsTheTree(language, function.text());
                            functions++;
                        }
                    }
                }
            }
        }
        assertThat(functions).isGreaterThan(1_000);
    }

    private static void assertSameAsTheTree(Language language, String text) {
        try (SyntaxTree tree = SyntaxTree.parseFragment(language, text)) {
            assertThat(apart(Lexer.tokens(language, text).orElseThrow()))
                    .as(text)
                    .isEqualTo(apart(CodeReader.leaves(tree).tokens()));
        }
    }

    /**
     * Without what both cut differently: shifts, strings in a row, lines that go on behind a
     * backslash.
     */
    private static String apart(List<String> tokens) {
        return String.join(" ", tokens)
                .replaceAll("(?<=>)(?=>)", " ")
                .replaceAll("(?:\\\\?\\s+)+", " ");
    }

    private static List<String> java(String text) {
        return Lexer.tokens(Language.JAVA, text).orElseThrow();
    }

    private static List<String> python(String text) {
        return Lexer.tokens(Language.PYTHON, text).orElseThrow();
    }
}
