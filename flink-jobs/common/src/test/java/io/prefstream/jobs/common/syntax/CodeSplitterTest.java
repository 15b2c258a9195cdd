package io.prefstream.jobs.common.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.SnippetKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodeSplitterTest {

    @Test
    void aMethodLosesItsCommentAndMarginAndKeepsItsAnnotations() {
        List<CodePart> functions =
                split(
                        Language.JAVA,
                        """
                        class Fox {
                            /**
                             * Jumps over größe dogs.
                             *
                             * @param dogs how many
                             */
                            // not part of it
                            @Deprecated
                            @SuppressWarnings("x")
                            public static <T extends Dog> int jump(
                                    final List<T> dogs, /* in cm */ int height)
                                    throws TiredException {
                                if (height > 0) {
                                    return dogs.size();
                                }
                                return 0;
                            }
                        }
                        """);

        assertThat(functions)
                .containsExactly(
                        new CodePart(
                                SnippetKind.FUNCTION,
                                "jump",
                                "public static <T extends Dog> int jump(final List<T> dogs, int"
                                        + " height) throws TiredException",
                                "Jumps over größe dogs.\n\n@param dogs how many",
                                """
                                @Deprecated
                                @SuppressWarnings("x")
                                public static <T extends Dog> int jump(
                                        final List<T> dogs, /* in cm */ int height)
                                        throws TiredException {
                                    if (height > 0) {
                                        return dogs.size();
                                    }
                                    return 0;
                                }\
                                """,
                                8,
                                List.of("class Fox"),
                                false));
    }

    @Test
    void constructorsAndNestedTypesCountAndBodilessMethodsDoNot() {
        List<CodePart> functions =
                split(
                        Language.JAVA,
                        """
                        interface Animal {
                            int legs();
                            default int eyes() { return 2; }
                            class Fox implements Animal {
                                Fox() { super(); }
                                public int legs() { return 4; }
                                abstract int age();
                                record Tail(int length) { Tail { check(length); } }
                                enum Colour { RED; int rgb() { return 0xff0000; } }
                            }
                        }
                        """);

        assertThat(functions)
                .extracting(CodePart::name)
                .containsExactly("eyes", "Fox", "legs", "Tail", "rgb");
        assertThat(functions).extracting(CodePart::docComment).containsOnlyNulls();
    }

    @Test
    void aFunctionInsideAFunctionBelongsToTheOuterOne() {
        assertThat(
                        split(
                                Language.JAVA,
                                "class A { Runnable f() { return new Runnable() { public void run()"
                                        + " { go(); } }; } }"))
                .extracting(CodePart::name)
                .containsExactly("f");
        assertThat(
                        split(
                                Language.PYTHON,
                                "def f():\n    def g():\n        return 1\n    return g\n"))
                .extracting(CodePart::name)
                .containsExactly("f");
    }

    @Test
    void aPlainCommentIsNoDocumentation() {
        assertThat(split(Language.JAVA, "class A { /* plain */ int f() { return 1; } }"))
                .extracting(CodePart::docComment)
                .containsOnlyNulls();
        assertThat(split(Language.JAVA, "class A { /** of g */ int g; int f() { return 1; } }"))
                .extracting(CodePart::docComment)
                .containsOnlyNulls();
        assertThat(split(Language.JAVA, "class A { /***/ int f() { return 1; } }"))
                .extracting(CodePart::docComment)
                .containsOnlyNulls();
    }

    @Test
    void aPythonDocstringIsTakenOutOfTheText() {
        List<CodePart> functions =
                split(
                        Language.PYTHON,
                        """
                        class Fox:
                            @property
                            @cached(size=3)
                            async def jump(self, dogs: list,
                                           height=1) -> int:
                                \"""Jump over größe dogs.

                                    Indented.
                                \"""

                                text = '''
                            as it was
                                '''
                                return await dogs[height]
                        """);

        assertThat(functions)
                .containsExactly(
                        new CodePart(
                                SnippetKind.FUNCTION,
                                "jump",
                                "async def jump(self, dogs: list, height=1) -> int",
                                "Jump over größe dogs.\n\nIndented.",
                                """
                                @property
                                @cached(size=3)
                                async def jump(self, dogs: list,
                                               height=1) -> int:
                                    text = '''
                                    as it was
                                        '''
                                    return await dogs[height]\
                                """,
                                2,
                                List.of("class Fox"),
                                false));
    }

    @Test
    void oneLinePythonFunctionsKeepTheirStatements() {
        assertThat(split(Language.PYTHON, "def f(): 'doc'; return 1\n"))
                .singleElement()
                .satisfies(
                        function -> {
                            assertThat(function.text()).isEqualTo("def f(): return 1");
                            assertThat(function.docComment()).isEqualTo("doc");
                        });
        assertThat(split(Language.PYTHON, "def f():\n    \"doc\"  # why\n    return 1\n"))
                .singleElement()
                .satisfies(
                        function ->
                                assertThat(function.text())
                                        .isEqualTo("def f():\n    # why\n    return 1"));
    }

    @Test
    void aPythonFunctionThatIsOnlyItsDocstringHasNoBody() {
        assertThat(split(Language.PYTHON, "def f():\n    '''abstract'''\n")).isEmpty();
    }

    @Test
    void pythonFunctionsUnderConditionsAreFound() {
        assertThat(
                        split(
                                Language.PYTHON,
                                "if x:\n"
                                        + "    def f(): return 1\n"
                                        + "else:\n"
                                        + "    try:\n"
                                        + "        def g(): return 2\n"
                                        + "    except E:\n"
                                        + "        pass\n"))
                .extracting(CodePart::name)
                .containsExactly("f", "g");
    }

    @Test
    void windowsLineEndsAndTabsMove() {
        assertThat(
                        split(
                                Language.JAVA,
                                "class A {\r\n\tint f() {\r\n\t\treturn 1;\r\n\t}\r\n}\r\n"))
                .extracting(CodePart::text)
                .containsExactly("int f() {\n\treturn 1;\n}");
    }

    @Test
    void everyTextParsesAlone() {
        String source =
                "class A<T> { A() { } int f(T... t) { return 1; } static { g(); } A(int x) {"
                        + " this(); } }";
        for (CodePart function : split(Language.JAVA, source)) {
            try (SyntaxTree tree = SyntaxTree.parseFragment(Language.JAVA, function.text())) {
                assertThat(tree.hasErrors()).as(function.text()).isFalse();
            }
        }
    }

    private static List<CodePart> split(Language language, String source) {
        try (SyntaxTree tree = SyntaxTree.parse(language, source)) {
            return CodeSplitter.functions(tree);
        }
    }
}
