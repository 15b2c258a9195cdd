package io.prefstream.jobs.common.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntaxTreeTest {

    @Test
    void offsetsAreCharsWhateverTheTextIsWrittenIn() {
        String source = "class Füchse { String 狐() { return \"🦊é\" + zahl; } }";

        try (SyntaxTree tree = SyntaxTree.parse(Language.JAVA, source)) {
            assertThat(tree.hasErrors()).isFalse();
            assertThat(texts(tree, "identifier")).containsExactly("Füchse", "狐", "zahl");
            assertThat(texts(tree, "string_literal")).containsExactly("\"🦊é\"");
            assertThat(tree.root().end()).isEqualTo(source.length());
        }
    }

    @Test
    void unpairedSurrogatesDoNotShiftWhatFollows() {
        String source = "x = '\uD83E' + 'é' + '\0' + y";

        try (SyntaxTree tree = SyntaxTree.parse(Language.PYTHON, source)) {
            assertThat(texts(tree, "identifier")).containsExactly("x", "y");
        }
    }

    @Test
    void aMethodOrConstructorParsesAlone() {
        for (String text :
                List.of(
                        "int f(int a) { return a; }",
                        "@Override\npublic <T> T f(T a) { return a; }",
                        "Fox(int größe) { this.größe = größe; }")) {
            try (SyntaxTree tree = SyntaxTree.parseFragment(Language.JAVA, text)) {
                assertThat(tree.hasErrors()).isFalse();
                assertThat(tree.root().children())
                        .singleElement()
                        .satisfies(function -> assertThat(function.text()).isEqualTo(text));
            }
        }
    }

    @Test
    void aFragmentThatIsNoFunctionHasErrors() {
        for (String text : List.of("int f( {", "int f() { } }", "int f() { return a +; }")) {
            try (SyntaxTree tree = SyntaxTree.parseFragment(Language.JAVA, text)) {
                assertThat(tree.hasErrors()).as(text).isTrue();
            }
        }
        try (SyntaxTree tree = SyntaxTree.parseFragment(Language.PYTHON, "def f(:\n    pass")) {
            assertThat(tree.hasErrors()).isTrue();
        }
    }

    @Test
    void childrenHaveTheirRoles() {
        try (SyntaxTree tree =
                SyntaxTree.parseFragment(Language.JAVA, "int f() { return a < b; }")) {
            Node comparison =
                    tree.root().preorder().stream()
                            .filter(node -> node.is("binary_expression"))
                            .findFirst()
                            .orElseThrow();
            assertThat(comparison.child("left").orElseThrow().text()).isEqualTo("a");
            assertThat(comparison.child("operator").orElseThrow().kind()).isEqualTo("<");
            assertThat(comparison.child("operator").orElseThrow().named()).isFalse();
            assertThat(comparison.child("right").orElseThrow().text()).isEqualTo("b");
            assertThat(comparison.child("condition")).isEmpty();
        }
    }

    @Test
    void aClosedTreeSaysSo() {
        SyntaxTree tree = SyntaxTree.parse(Language.PYTHON, "x = 1");
        Node root = tree.root();
        tree.close();
        tree.close();

        assertThatThrownBy(root::children)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the syntax tree is closed");
        assertThat(root.kind()).isEqualTo("module");
    }

    @Test
    void deepNestingIsNoStackOverflow() {
        String source = "x = " + "(".repeat(3_000) + "1" + ")".repeat(3_000);

        try (SyntaxTree tree = SyntaxTree.parse(Language.PYTHON, source)) {
            assertThat(tree.root().preorder()).hasSizeGreaterThan(3_000);
        }
    }

    @Test
    void depthIsThatOfTheDeepestNode() {
        try (SyntaxTree tree = SyntaxTree.parse(Language.PYTHON, "f((a,), b)")) {
            // module, expression_statement, call, argument_list, tuple, identifier
            assertThat(tree.depth()).isEqualTo(6);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "JAVA | int f(int a, int b) { if (a < b) { return a; } return b; }",
                "PYTHON | def f(a, b):%    if a < b:%        return a%    return b%",
                "GO | func f(a int, b int) int {%\tif a < b {%\t\treturn a%\t}%\treturn b%}"
            })
    void aSimilarFragmentGivesTheSameTreeAsParsingItAlone(Language language, String template) {
        String text = template.replace('%', '\n').replace("\\t", "\t");
        List<String> others =
                List.of(
                        text,
                        text.replace("a < b", "b < a"),
                        text.replace("a < b", "a < b + 1 and (a)"),
                        text.replace("return a", "g(a)"),
                        text.replace("return a", "return ä"),
                        text.replace("return b", ""),
                        text.replace("(a", "(("),
                        "");
        for (String first : others) {
            try (SyntaxTree similar = SyntaxTree.parseFragment(language, first)) {
                for (String second : others) {
                    try (SyntaxTree alone = SyntaxTree.parseFragment(language, second);
                            SyntaxTree after =
                                    SyntaxTree.parseFragment(language, second, similar)) {
                        assertThat(described(after))
                                .as(second + " after " + first)
                                .isEqualTo(described(alone));
                    }
                }
            }
        }
    }

    @Test
    void nodesKnowWhatTheyWereReadFrom() {
        try (SyntaxTree tree = SyntaxTree.parse(Language.PYTHON, "x = f(1)")) {
            assertThat(tree.root().parent()).isNull();
            assertThat(tree.root().preorder())
                    .allSatisfy(
                            node ->
                                    assertThat(node.children())
                                            .allSatisfy(
                                                    child ->
                                                            assertThat(child.parent())
                                                                    .isSameAs(node)));
        }
    }

    @Test
    void allNodesAreTheSameWhetherReadAtOnceOrOneByOne() {
        String text = "@A\nint f(List<B> b) { /* c */ return b.d(0x1, \"e\") + (f ? 'g' : h[1]); }";

        try (SyntaxTree atOnce = SyntaxTree.parseFragment(Language.JAVA, text);
                SyntaxTree oneByOne = SyntaxTree.parseFragment(Language.JAVA, text)) {
            touch(oneByOne.root());

            assertThat(described(atOnce)).isEqualTo(described(oneByOne));
        }
    }

    private static void touch(Node node) {
        node.children().forEach(SyntaxTreeTest::touch);
    }

    private static List<String> described(SyntaxTree tree) {
        return tree.root().preorder().stream()
                .map(node -> node + " " + node.field() + " " + node.named() + tree.hasErrors())
                .toList();
    }

    @Test
    void theLanguageIsToldByTheFileName() {
        assertThat(Language.ofPath("a/b/Fox.java")).contains(Language.JAVA);
        assertThat(Language.ofPath("FOX.PY")).contains(Language.PYTHON);
        assertThat(Language.ofPath("fox.kt")).isEmpty();
        assertThat(Language.ofPath("java")).isEmpty();
        assertThat(Language.ofCode("python")).contains(Language.PYTHON);
    }

    private static List<String> texts(SyntaxTree tree, String kind) {
        return tree.root().preorder().stream()
                .filter(node -> node.is(kind))
                .map(Node::text)
                .toList();
    }
}
