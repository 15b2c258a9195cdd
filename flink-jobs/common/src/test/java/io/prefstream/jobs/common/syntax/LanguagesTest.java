package io.prefstream.jobs.common.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.prefstream.schemas.SnippetKind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Functions of the languages that have no test of their own, and how a language is told. */
class LanguagesTest {

    private static final Set<SnippetKind> KINDS =
            EnumSet.of(SnippetKind.FUNCTION, SnippetKind.CLASS, SnippetKind.FILE);

    @Test
    void javascriptFunctionsMethodsAndArrows() {
        List<CodePart> functions =
                functions(
                        Language.JAVASCRIPT,
                        """
                        import x from 'x';
                        /**
                         * Adds.
                         * @param a one
                         */
                        export function add(a, b = 2) { return a + b; }
                        const twice = (x) => {
                          function inner() { return 1; }
                          return `a
                          ${x}`;
                        };
                        class Dog extends Animal {
                          constructor(name) { super(name); }
                          /** Barks. */
                          async bark() { await this.x; }
                          run = () => { go(); };
                        }
                        module.exports.helper = function (q) { return q; };
                        export default function main() { add(1); }
                        let notAFunction = 3;
                        """);

        assertThat(functions)
                .extracting(CodePart::name)
                .containsExactly("add", "twice", "constructor", "bark", "run", "helper", "main");
        assertThat(functions.get(0).signature()).isEqualTo("export function add(a, b = 2)");
        assertThat(functions.get(0).docComment()).isEqualTo("Adds.\n@param a one");
        assertThat(functions.get(1).text()).contains("`a\n  ${x}`").contains("inner");
        assertThat(functions.get(1).signature()).isEqualTo("const twice = (x)");
        assertThat(functions.get(3).docComment()).isEqualTo("Barks.");
        assertThat(functions.get(3).enclosing()).containsExactly("class Dog extends Animal");
    }

    @Test
    void typescriptFunctionsOfNamespacesAndClasses() {
        List<CodePart> functions =
                functions(
                        Language.TYPESCRIPT,
                        """
                        interface Shape { area(): number; }
                        declare function outside(x: number): void;
                        namespace Geometry {
                          export abstract class Circle<T> implements Shape {
                            abstract name(): string;
                            /** Pi r squared. */
                            public area(): number { return 3 * this.r; }
                          }
                        }
                        export const id = <T,>(x: T): T => { return x; };
                        """);

        assertThat(functions).extracting(CodePart::name).containsExactly("area", "id");
        assertThat(functions.get(0).signature()).isEqualTo("public area(): number");
        assertThat(functions.get(0).docComment()).isEqualTo("Pi r squared.");
        assertThat(functions.get(0).enclosing())
                .containsExactly("namespace Geometry", "abstract class Circle<T> implements Shape");
    }

    @Test
    void goFunctionsAndMethodsWithTheirReceivers() {
        List<CodePart> functions =
                functions(
                        Language.GO,
                        """
                        package main

                        // not documentation

                        // Sum adds.
                        // It never fails.
                        func Sum(a, b int) (int, error) {
                        	return a + b, nil
                        }

                        func (d *Dog) Bark(loud bool) string {
                        	return `wuff
                        	wuff`
                        }

                        func outside(x int)
                        """);

        assertThat(functions).extracting(CodePart::name).containsExactly("Sum", "Bark");
        assertThat(functions.get(0).docComment()).isEqualTo("Sum adds.\nIt never fails.");
        assertThat(functions.get(0).signature()).isEqualTo("func Sum(a, b int) (int, error)");
        assertThat(functions.get(1).signature()).isEqualTo("func (d *Dog) Bark(loud bool) string");
        assertThat(functions.get(1).docComment()).isNull();
        assertThat(functions.get(1).text()).contains("`wuff\n\twuff`");
    }

    @Test
    void rustFunctionsOfImplementationsAndTraits() {
        List<CodePart> functions =
                functions(
                        Language.RUST,
                        """
                        /// Parses a number.
                        ///
                        /// # Errors
                        #[inline]
                        pub fn parse<T: Num>(s: &str) -> Result<T, Error> {
                            T::of(s)
                        }

                        impl<'a> Iterator for Words<'a> {
                            fn next(&mut self) -> Option<&'a str> { None }
                        }

                        trait Shape {
                            fn area(&self) -> f64;
                            fn twice(&self) -> f64 { 2.0 * self.area() }
                        }
                        """);

        assertThat(functions).extracting(CodePart::name).containsExactly("parse", "next", "twice");
        assertThat(functions.get(0).docComment()).isEqualTo("Parses a number.\n\n# Errors");
        assertThat(functions.get(0).signature())
                .isEqualTo("pub fn parse<T: Num>(s: &str) -> Result<T, Error>");
        assertThat(functions.get(1).enclosing()).containsExactly("impl<'a> Iterator for Words<'a>");
    }

    @Test
    void cFunctionsBehindPreprocessorLines() {
        List<CodePart> functions =
                functions(
                        Language.C,
                        """
                        #include <stdio.h>
                        int declared(int x);
                        #ifdef FAST
                        /*! Copies. */
                        static char *copy(char *to, const char *from) { return to; }
                        #endif
                        struct s { int (*callback)(int); };
                        """);

        assertThat(functions).extracting(CodePart::name).containsExactly("copy");
        assertThat(functions.get(0).signature())
                .isEqualTo("static char *copy(char *to, const char *from)");
        assertThat(functions.get(0).docComment()).isEqualTo("Copies.");
    }

    @Test
    void cppFunctionsOfNamespacesClassesAndTemplates() {
        List<CodePart> functions =
                functions(
                        Language.CPP,
                        """
                        namespace geo {
                        /// The larger one.
                        template <typename T>
                        T max(const T& a, const T& b) { return a < b ? b : a; }

                        class Circle : public Shape {
                         public:
                          explicit Circle(double r) : r_(r) {}
                          Circle(const Circle&) = default;
                          ~Circle() { release(); }
                          double area() const override { return 3 * r_; }
                          bool operator==(const Circle& o) const { return r_ == o.r_; }
                        };
                        double Circle::edge() const { return 6 * r_; }
                        }
                        """);

        assertThat(functions)
                .extracting(CodePart::name)
                .containsExactly("max", "Circle", "~Circle", "area", "operator==", "edge");
        assertThat(functions.get(0).signature())
                .isEqualTo("template <typename T> T max(const T& a, const T& b)");
        assertThat(functions.get(0).docComment()).isEqualTo("The larger one.");
        assertThat(functions.get(3).enclosing())
                .containsExactly("namespace geo", "class Circle : public Shape");
    }

    @Test
    void javaTypesAndWhatTheyStandIn() {
        List<CodePart> types =
                classes(
                        Language.JAVA,
                        """
                        package a;
                        /** Outside. */
                        @Deprecated
                        public final class Outer<T> extends Base {
                          int x;
                          /** Within. */
                          enum Inner { A, B; int f() { return 1; } }
                          record Point(int x, int y) {}
                          void f() { class Local {} }
                        }
                        interface Shape { double area(); }
                        """);

        assertThat(types)
                .extracting(CodePart::name)
                .containsExactly("Outer", "Inner", "Point", "Shape");
        assertThat(types.get(0).docComment()).isEqualTo("Outside.");
        assertThat(types.get(0).signature()).isEqualTo("public final class Outer<T> extends Base");
        assertThat(types.get(0).text()).startsWith("@Deprecated\npublic").contains("class Local");
        assertThat(types.get(1).text()).isEqualTo("enum Inner { A, B; int f() { return 1; } }");
        assertThat(types.get(1).enclosing())
                .containsExactly("public final class Outer<T> extends Base");
        assertThat(types.get(2).signature()).isEqualTo("record Point(int x, int y)");
    }

    @Test
    void pythonClassesWithoutTheirDocstrings() {
        List<CodePart> types =
                classes(
                        Language.PYTHON,
                        """
                        @dataclass
                        class Dog(Animal):
                            '''Barks.'''

                            name: str

                            class Meta:
                                order = 1

                            def bark(self):
                                return 1

                        class Empty:
                            '''Nothing.'''
                        """);

        assertThat(types).extracting(CodePart::name).containsExactly("Dog", "Meta");
        assertThat(types.get(0).signature()).isEqualTo("class Dog(Animal)");
        assertThat(types.get(0).docComment()).isEqualTo("Barks.");
        assertThat(types.get(0).text())
                .startsWith("@dataclass\nclass Dog(Animal):\n    name: str\n")
                .endsWith("return 1");
        assertThat(types.get(1).text()).isEqualTo("class Meta:\n    order = 1");
        assertThat(types.get(1).enclosing()).containsExactly("class Dog(Animal)");
    }

    @Test
    void typescriptClassesAndInterfaces() {
        assertThat(
                        classes(
                                Language.TYPESCRIPT,
                                """
                                /** A dog. */
                                export class Dog<T> implements Pet { bark() { return 1; } }
                                interface Pet { bark(): number; }
                                namespace Zoo { abstract class Cage {} }
                                """))
                .extracting(CodePart::signature, CodePart::docComment)
                .containsExactly(
                        tuple("export class Dog<T> implements Pet", "A dog."),
                        tuple("interface Pet", null),
                        tuple("abstract class Cage", null));
    }

    @Test
    void goStructuresAndInterfaces() {
        assertThat(
                        classes(
                                Language.GO,
                                """
                                package zoo

                                // Dog barks.
                                type Dog struct {
                                	name string
                                }
                                type Pet interface { Bark() string }
                                type Number int
                                type Nothing struct{}
                                """))
                .extracting(CodePart::name, CodePart::signature, CodePart::docComment)
                .containsExactly(
                        tuple("Dog", "type Dog struct", "Dog barks."),
                        tuple("Pet", "type Pet", null),
                        tuple("Nothing", "type Nothing struct", null));
    }

    @Test
    void rustStructuresTraitsAndImplementations() {
        assertThat(
                        classes(
                                Language.RUST,
                                """
                                /// Barks.
                                pub struct Dog { name: String }
                                struct Nothing;
                                impl<T> Pet for Cage<T> { fn bark(&self) {} }
                                trait Pet { fn bark(&self); }
                                """))
                .extracting(CodePart::name, CodePart::signature, CodePart::docComment)
                .containsExactly(
                        tuple("Dog", "pub struct Dog", "Barks."),
                        tuple("Cage<T>", "impl<T> Pet for Cage<T>", null),
                        tuple("Pet", "trait Pet", null));
    }

    @Test
    void cppClassesWithTheirTemplateHeadsAndSemicolons() {
        assertThat(
                        classes(
                                Language.CPP,
                                """
                                namespace geo {
                                /// Round.
                                template <typename T>
                                class Circle : public Shape { T area() { return 1; } };
                                struct Point { int x; };
                                }
                                """))
                .extracting(CodePart::text, CodePart::docComment)
                .containsExactly(
                        tuple(
                                "template <typename T>\n"
                                        + "class Circle : public Shape { T area() { return 1; } };",
                                "Round."),
                        tuple("struct Point { int x; };", null));
    }

    @Test
    void severalKindsStandInSourceOrderWithTheFileInFront() {
        String source = "class A {\r\n  void f() {}\r\n  class B {}\r\n}\r\n";
        try (SyntaxTree tree = SyntaxTree.parse(Language.JAVA, source)) {
            List<CodePart> parts = CodeSplitter.split("src/A.java", tree, KINDS);

            assertThat(parts)
                    .extracting(CodePart::kind, CodePart::name)
                    .containsExactly(
                            tuple(SnippetKind.FILE, "A.java"),
                            tuple(SnippetKind.CLASS, "A"),
                            tuple(SnippetKind.FUNCTION, "f"),
                            tuple(SnippetKind.CLASS, "B"));
            assertThat(parts.get(0).text()).isEqualTo(source.replace("\r\n", "\n"));
            assertThat(parts.get(2).enclosing()).containsExactly("class A");
        }
    }

    @Test
    void typesInTypesAreFollowedToABoundedDepth() {
        String source = "class A { ".repeat(300) + "}".repeat(300);
        try (SyntaxTree tree = SyntaxTree.parse(Language.JAVA, source)) {
            assertThat(CodeSplitter.split("A.java", tree, KINDS)).hasSize(1 + 17);
        }
    }

    @Test
    void whatAMacroHidesBreaksItsFunctionAlone() {
        String source =
                """
                int good(int x) { return x + 1; }
                int bad(int x) { FOREACH(a, b) { c d e( } return 2; }
                int better(int x) { return x + 1; }
                """;
        try (SyntaxTree tree = SyntaxTree.parse(Language.C, source)) {
            assertThat(CodeSplitter.functions(tree))
                    .extracting(CodePart::name, CodePart::broken)
                    .containsExactly(
                            tuple("good", false), tuple("bad", true), tuple("better", false));
        }
    }

    @ParameterizedTest
    @EnumSource(Language.class)
    void deepNestingAndBrokenCodeAreSurvived(Language language) {
        for (String source :
                List.of(
                        "(".repeat(20_000) + ")".repeat(20_000),
                        "{".repeat(20_000),
                        "class A { void f( { } \ud83d function fn def f(:",
                        "")) {
            try (SyntaxTree tree = SyntaxTree.parse(language, source)) {
                assertThat(CodeSplitter.split("a", tree, KINDS)).isNotNull();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    a/b.java      | x                             | JAVA
                    B.PY          | x                             | PYTHON
                    a.mjs         | x                             | JAVASCRIPT
                    a.jsx         | x                             | JAVASCRIPT
                    a.ts          | export const a = 1            | TYPESCRIPT
                    de.ts         | <?xml version="1.0"?><TS></TS> |
                    de.ts         | <!DOCTYPE TS><TS></TS>        |
                    a.h           | int f(void);                  | C
                    a.h           | namespace a { int f(); }      | CPP
                    a.h           | std::string f();              | CPP
                    a.hpp         | int f();                      | CPP
                    bin/tool      | #!/usr/bin/env python3        | PYTHON
                    bin/tool      | #!/usr/bin/node               | JAVASCRIPT
                    bin/tool      | #!/bin/sh                     |
                    Makefile      | all:                          |
                    a.kt          | fun f()                       |
                    """)
    void tellsALanguageByNameAndContent(String path, String text, Language expected) {
        assertThat(Language.of(path, text).orElse(null)).isEqualTo(expected);
    }

    private static List<CodePart> classes(Language language, String source) {
        try (SyntaxTree tree = SyntaxTree.parse(language, source)) {
            assertThat(tree.hasErrors()).isFalse();
            return CodeSplitter.split("", tree, Set.of(SnippetKind.CLASS));
        }
    }

    private static List<CodePart> functions(Language language, String source) {
        try (SyntaxTree tree = SyntaxTree.parse(language, source)) {
            assertThat(tree.hasErrors()).isFalse();
            return CodeSplitter.functions(tree);
        }
    }
}
