package io.prefstream.jobs.common.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Functions of the languages that have no test of their own, and how a language is told. */
class LanguagesTest {

    @Test
    void javascriptFunctionsMethodsAndArrows() {
        List<FunctionSource> functions =
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
                .extracting(FunctionSource::name)
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
        List<FunctionSource> functions =
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

        assertThat(functions).extracting(FunctionSource::name).containsExactly("area", "id");
        assertThat(functions.get(0).signature()).isEqualTo("public area(): number");
        assertThat(functions.get(0).docComment()).isEqualTo("Pi r squared.");
        assertThat(functions.get(0).enclosing())
                .containsExactly("namespace Geometry", "abstract class Circle<T> implements Shape");
    }

    @Test
    void goFunctionsAndMethodsWithTheirReceivers() {
        List<FunctionSource> functions =
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

        assertThat(functions).extracting(FunctionSource::name).containsExactly("Sum", "Bark");
        assertThat(functions.get(0).docComment()).isEqualTo("Sum adds.\nIt never fails.");
        assertThat(functions.get(0).signature()).isEqualTo("func Sum(a, b int) (int, error)");
        assertThat(functions.get(1).signature()).isEqualTo("func (d *Dog) Bark(loud bool) string");
        assertThat(functions.get(1).docComment()).isNull();
        assertThat(functions.get(1).text()).contains("`wuff\n\twuff`");
    }

    @Test
    void rustFunctionsOfImplementationsAndTraits() {
        List<FunctionSource> functions =
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

        assertThat(functions)
                .extracting(FunctionSource::name)
                .containsExactly("parse", "next", "twice");
        assertThat(functions.get(0).docComment()).isEqualTo("Parses a number.\n\n# Errors");
        assertThat(functions.get(0).signature())
                .isEqualTo("pub fn parse<T: Num>(s: &str) -> Result<T, Error>");
        assertThat(functions.get(1).enclosing()).containsExactly("impl<'a> Iterator for Words<'a>");
    }

    @Test
    void cFunctionsBehindPreprocessorLines() {
        List<FunctionSource> functions =
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

        assertThat(functions).extracting(FunctionSource::name).containsExactly("copy");
        assertThat(functions.get(0).signature())
                .isEqualTo("static char *copy(char *to, const char *from)");
        assertThat(functions.get(0).docComment()).isEqualTo("Copies.");
    }

    @Test
    void cppFunctionsOfNamespacesClassesAndTemplates() {
        List<FunctionSource> functions =
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
                .extracting(FunctionSource::name)
                .containsExactly("max", "Circle", "~Circle", "area", "operator==", "edge");
        assertThat(functions.get(0).signature())
                .isEqualTo("template <typename T> T max(const T& a, const T& b)");
        assertThat(functions.get(0).docComment()).isEqualTo("The larger one.");
        assertThat(functions.get(3).enclosing())
                .containsExactly("namespace geo", "class Circle : public Shape");
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
                assertThat(FunctionSplitter.split(tree)).isNotNull();
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

    private static List<FunctionSource> functions(Language language, String source) {
        try (SyntaxTree tree = SyntaxTree.parse(language, source)) {
            assertThat(tree.hasErrors()).isFalse();
            return FunctionSplitter.split(tree);
        }
    }
}
