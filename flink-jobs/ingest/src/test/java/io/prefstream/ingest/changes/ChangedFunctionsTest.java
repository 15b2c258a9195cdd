package io.prefstream.ingest.changes;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.ingest.filter.PartLimits;
import io.prefstream.jobs.common.syntax.CodePart;
import io.prefstream.jobs.common.syntax.CodeSplitter;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import io.prefstream.schemas.SnippetKind;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ChangedFunctionsTest {

    private static final PartLimits LIMITS =
            new PartLimits(1, Map.of(SnippetKind.FUNCTION, 60, SnippetKind.CLASS, 600));

    @Test
    void aMethodIsTheSameInTheSameTypesWithTheSameSignature() {
        assertThat(
                        before(
                                Language.JAVA,
                                "class A { int f() { return 1; } class B { int f() { return 2; } }"
                                        + " }",
                                "class A { int f() { return 1; } class B { int f() { return 3; } }"
                                        + " }"))
                .isEqualTo(Map.of("int f() { return 3; }", "int f() { return 2; }"));
        assertThat(
                        before(
                                Language.JAVA,
                                "class A { int f(int a) { return 1; } int f(long a) { return 2; }"
                                        + " }",
                                "class A { int f(int a) { return 3; } int f(char a) { return 4; }"
                                        + " }"))
                .isEqualTo(Map.of("int f(int a) { return 3; }", "int f(int a) { return 1; }"));
        assertThat(
                        before(
                                Language.JAVA,
                                "class A { int f() { return 1; } }",
                                "class C { int f() { return 3; } }"))
                .isEmpty();
    }

    @Test
    void whatIsDeclaredTwiceIsNotGuessedAt() {
        String twice = "if a:\n  def f():\n    return 1\nelse:\n  def f():\n    return 2\n";

        assertThat(before(Language.PYTHON, twice, twice.replace("return 2", "return 3"))).isEmpty();
        assertThat(before(Language.PYTHON, "def f():\n  return 1\n", twice)).isEmpty();
        assertThat(before(Language.PYTHON, twice, "def f():\n  return 3\n")).isEmpty();
    }

    @Test
    void anEarlierFunctionKeepsToTheLimitsToo() {
        assertThat(
                        before(
                                Language.PYTHON,
                                "def f():\n"
                                    + "    return 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1\n",
                                "def f():\n    return 12\n"))
                .isEmpty();
    }

    @Test
    void anEarlierFileWithSyntaxErrorsHasNoFunctionsUnlessMacrosMayHideThem() {
        assertThat(before(Language.PYTHON, "def f():\n  return 1\n)\n", "def f():\n  return 2\n"))
                .isEmpty();
        assertThat(
                        before(
                                Language.C,
                                "BEGIN_DECLS(\n"
                                        + "int f(void) { return 1; }\n"
                                        + "int g(void) { return 1; }\n",
                                "int g(void) { return 2; }\n"))
                .isEqualTo(Map.of("int g(void) { return 2; }", "int g(void) { return 1; }"));
    }

    @Test
    void aFunctionOfWhichOnlyTheDocumentationChangedIsNotChanged() {
        assertThat(
                        before(
                                Language.JAVA,
                                "class A { /** One. */ int f() { return 1; } }",
                                "class A { /** The one. */ int f() { return 1; } }"))
                .isEmpty();
    }

    /** The text of each changed function before, by its text now. */
    private static Map<String, String> before(Language language, String then, String now) {
        List<CodePart> parts;
        try (SyntaxTree tree = SyntaxTree.parse(language, now)) {
            parts =
                    CodeSplitter.split(
                            "a", tree, EnumSet.of(SnippetKind.FUNCTION, SnippetKind.CLASS));
        }
        Map<String, String> before = new TreeMap<>();
        new ChangedFunctions(LIMITS)
                .among(parts, language, new EarlierText("p", "m", 1, then, List.of()))
                .forEach((index, text) -> before.put(parts.get(index).text(), text.text()));
        return before;
    }
}
