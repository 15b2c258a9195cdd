package io.prefstream.validate.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.common.syntax.CodePart;
import io.prefstream.jobs.common.syntax.CodeSplitter;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is told from tokens and outline is what the nodes say, one by one. */
class WordsTest {

    private static final Path OWN_SOURCES = Path.of("..");

    private final CodeReader reader = new CodeReader();

    @Test
    void theProjectsOwnFunctionsHaveTheNamesThatTheirNodesHave() throws Exception {
        int told = 0;
        for (String text : ownFunctions()) {
            try (ReadCode code = reader.read("java", text);
                    SyntaxTree tree = SyntaxTree.parseFragment(Language.JAVA, text)) {
                ReadCode byNodes = CodeReader.leaves(tree);
                assertSame(text, code, byNodes);
                told += names(text, Language.JAVA).isPresent() ? 1 : 0;
            }
        }
        assertThat(told).isGreaterThan(700);
    }

    @Test
    void pythonsNamesAreThoseOfItsNodes() {
        for (String text :
                List.of(
                        "def f(a, b=c, *args, d: int = 1, **rest):\n"
                                + "    e, (g, h) = a.i(b)\n"
                                + "    return [j for j in e if j != k]\n",
                        "async def f(a):\n    async with a as b:\n        await b(print)\n",
                        "def f(type):\n"
                                + "    import a.b as c\n"
                                + "    match = type\n"
                                + "    return match(_)\n",
                        "def f(a):\n    return f'{a} {b!r}' + rb'c'\n",
                        "def f(a):\n    match a:\n        case [b, c]:\n            return b\n",
                        "@a.b\ndef f(c, /, d, *, e):\n    '''g'''\n")) {
            try (ReadCode code = reader.read("python", text);
                    SyntaxTree tree = SyntaxTree.parseFragment(Language.PYTHON, text)) {
                assertThat(tree.hasErrors()).as(text).isFalse();
                assertSame(text, code, CodeReader.leaves(tree));
            }
        }
    }

    @Test
    void whatIsANameOnlyAtTimesIsLeftToTheTree() {
        assertThat(
                        names(
                                "def f(a):\n    match a:\n        case b:\n            pass\n",
                                Language.PYTHON))
                .isEmpty();
        assertThat(names("def f(a):\n    return f'{a}'\n", Language.PYTHON)).isEmpty();
        assertThat(names("void f() { record R(int a) {} }", Language.JAVA)).isEmpty();
        assertThat(names("void f(int record) { record++; }", Language.JAVA)).isPresent();
    }

    @Test
    void twoNamesExchangedKeepTheTree() throws Exception {
        Random random = new Random(7);
        int kept = 0;
        for (String text : ownFunctions()) {
            String other = exchanged(text, random);
            try (ReadCode chosen = reader.read("java", text);
                    ReadCode rejected = reader.read("java", other, chosen);
                    SyntaxTree alone = SyntaxTree.parseFragment(Language.JAVA, other)) {
                if (!rejected.parsedAlone()) {
                    kept++;
                    assertThat(alone.hasErrors()).as(other).isFalse();
                    assertThat(alone.outline()).as(other).hasToString(chosen.tree().outline() + "");
                    assertThat(rejected.depth()).as(other).isEqualTo(alone.depth());
                    assertSame(other, rejected, CodeReader.leaves(alone));
                }
            }
        }
        assertThat(kept).isGreaterThan(300);
    }

    @Test
    void whatIsNoNameOnBothSidesIsParsed() {
        String text = "int f(int a, int b) { return a + \"x\" /* y */ + b; }";
        for (String other :
                List.of(
                        text.replace("return a", "return this"),
                        text.replace("int b", "long b"),
                        text.replace("\"x\"", "\"z\""),
                        text.replace("/* y */", "/* z */"),
                        text.replace("a +", "a -"),
                        text.replace("int a,", "int a ,"),
                        text.replace("int b", "record b"))) {
            try (ReadCode chosen = reader.read("java", text);
                    ReadCode rejected = reader.read("java", other, chosen)) {
                assertThat(rejected.parsedAlone()).as(other).isTrue();
            }
        }
        try (ReadCode chosen = reader.read("java", text);
                ReadCode rejected = reader.read("java", text.replace("+ b", "+ c"), chosen)) {
            assertThat(rejected.parsedAlone()).isFalse();
        }
    }

    private static void assertSame(String text, ReadCode code, ReadCode byNodes) {
        assertThat(code.names()).as(text).isPresent();
        Names told = code.names().orElseThrow();
        Names read = byNodes.names().orElseThrow();
        assertThat(told.undeclared()).as(text).containsExactlyElementsOf(read.undeclared());
        for (String token : code.tokens()) {
            assertThat(told.isLocal(token))
                    .as(token + " in " + text)
                    .isEqualTo(read.isLocal(token));
            assertThat(told.mentions(token)).as(token).isEqualTo(read.mentions(token));
        }
        assertThat(code.declared()).as(text).isEqualTo(byNodes.declared());
    }

    private Optional<List<Words.Name>> names(String text, Language language) {
        try (SyntaxTree tree = SyntaxTree.parseFragment(language, text)) {
            return Words.names(
                    language, tree.outline(), Lexer.tokens(language, text).orElseThrow());
        }
    }

    /** Two of its words exchanged, at the places where each stands first. */
    private static String exchanged(String text, Random random) {
        List<String> words =
                Stream.of(text.split("\\W+")).filter(word -> !word.isEmpty()).distinct().toList();
        String one = words.get(random.nextInt(words.size()));
        String two = words.get(random.nextInt(words.size()));
        return text.replaceFirst("\\b" + one + "\\b", "\u0001")
                .replaceFirst("\\b" + two + "\\b", one)
                .replace("\u0001", two);
    }

    private static List<String> ownFunctions() throws IOException {
        List<String> functions = new ArrayList<>();
        try (Stream<Path> files = Files.walk(OWN_SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().matches(".*/src/.*\\.java"))
                            .sorted()
                            .toList()) {
                try (SyntaxTree tree = SyntaxTree.parse(Language.JAVA, Files.readString(file))) {
                    CodeSplitter.functions(tree).stream()
                            .filter(function -> !function.broken())
                            .map(CodePart::text)
                            .forEach(functions::add);
                }
            }
        }
        return functions;
    }
}
