package io.prefstream.synthesize.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every operator by example: all mutants of a function, in both languages where it applies. */
class OperatorsTest {

    @Test
    void swapVariablesExchangesOneUseOfEach() {
        assertThat(java(new SwapVariables(), "int f(int a, int b) { return a - b; }"))
                .containsExactly("int f(int a, int b) { return b - a; }");
        assertThat(python(new SwapVariables(), "def f(a, b):\n    return g(a)[b]"))
                .containsExactly("def f(a, b):\n    return g(b)[a]");
    }

    @Test
    void swapVariablesPrefersVariablesOfOneType() {
        assertThat(
                        java(
                                new SwapVariables(),
                                "int f(int a, String s, int b) { return g(a, s, b); }"))
                .containsExactly("int f(int a, String s, int b) { return g(b, s, a); }");
        assertThat(java(new SwapVariables(), "int f(int a, String s) { return g(a, s); }"))
                .containsExactly("int f(int a, String s) { return g(s, a); }");
    }

    @Test
    void swapVariablesKeepsToTheirScopesAndLeavesSymmetricUsesAlone() {
        assertThat(java(new SwapVariables(), "void f(int a) { g(a); { int b = 1; h(b); } }"))
                .isEmpty();
        assertThat(java(new SwapVariables(), "int f(int a, int b) { return a * b; }")).isEmpty();
        assertThat(java(new SwapVariables(), "int f(int a, int b) { return max(a, b); }"))
                .isEmpty();
        assertThat(python(new SwapVariables(), "def f(self, a):\n    return self.g(a)")).isEmpty();
        assertThat(python(new SwapVariables(), "def f(a):\n    return [x - a for x in g(a)]"))
                .isEmpty();
    }

    @Test
    void swapVariablesTakesNoFieldMethodOrKeywordForAVariable() {
        assertThat(java(new SwapVariables(), "int f(int a, int b) { return this.b + b() - a; }"))
                .isEmpty();
        assertThat(python(new SwapVariables(), "def f(a, b):\n    return x.b + g(b=a)")).isEmpty();
    }

    @Test
    void swapOperandsOnlyWhereTheOrderCountsAndNoLiteralComesFirst() {
        assertThat(java(new SwapOperands(), "int f() { return a - b.c(); }"))
                .containsExactly("int f() { return b.c() - a; }");
        assertThat(python(new SwapOperands(), "def f(a, b):\n    return a // b < b"))
                .containsExactly(
                        "def f(a, b):\n    return b < a // b",
                        "def f(a, b):\n    return b // a < b");
        assertThat(java(new SwapOperands(), "boolean f() { return a + b == c * d && e < 1; }"))
                .isEmpty();
    }

    @Test
    void swapArgumentsExchangesDifferentArguments() {
        assertThat(java(new SwapArguments(), "void f() { g(a, b, b); }"))
                .containsExactly("void f() { g(b, a, b); }", "void f() { g(b, b, a); }");
        assertThat(java(new SwapArguments(), "X f() { return new X(1, \"größe\"); }"))
                .containsExactly("X f() { return new X(\"größe\", 1); }");
        assertThat(python(new SwapArguments(), "def f():\n    g(a, b, *c, d=1)"))
                .containsExactly("def f():\n    g(b, a, *c, d=1)");
        assertThat(java(new SwapArguments(), "int f() { return Math.max(a, b); }")).isEmpty();
    }

    @Test
    void swapOperatorsStaysInTheFamily() {
        assertThat(java(new SwapOperators(), "boolean f() { return a < b && c >= d || e == f; }"))
                .containsExactly(
                        "boolean f() { return a >= b && c < d || e == f; }",
                        "boolean f() { return a < b || c >= d && e == f; }");
        assertThat(python(new SwapOperators(), "def f():\n    return a + b - c"))
                .containsExactly("def f():\n    return a - b + c");
        assertThat(java(new SwapOperators(), "String f() { return a - b + \"x\"; }")).isEmpty();
    }

    @Test
    void swapLiteralsStaysInTheKind() {
        assertThat(
                        java(
                                new SwapLiterals(),
                                "int f() { if (g(true)) return h(false); return 1 + 2; }"))
                .containsExactly(
                        "int f() { if (g(false)) return h(true); return 1 + 2; }",
                        "int f() { if (g(true)) return h(false); return 2 + 1; }");
        assertThat(python(new SwapLiterals(), "def f():\n    return a[0] if True else a[1]"))
                .containsExactly("def f():\n    return a[1] if True else a[0]");
    }

    @Test
    void swapReturnedValuesNeedsBothToBeVisibleAtBoth() {
        assertThat(
                        java(
                                new SwapReturnedValues(),
                                "int f(int a) { if (a > 0) { return a; } return -1; }"))
                .containsExactly("int f(int a) { if (a > 0) { return -1; } return a; }");
        assertThat(
                        java(
                                new SwapReturnedValues(),
                                "int f() { if (g()) { int a = 2; return a; } return -1; }"))
                .isEmpty();
        assertThat(
                        python(
                                new SwapReturnedValues(),
                                "def f(a):\n    if a:\n        return 1\n    return a"))
                .containsExactly("def f(a):\n    if a:\n        return a\n    return 1");
    }

    @Test
    void swapBranchesLeavesElseIfAlone() {
        assertThat(java(SwapBranches.ofStatements(), "void f() { if (a) { b(); } else { c(); } }"))
                .containsExactly("void f() { if (a) { c(); } else { b(); } }");
        assertThat(
                        python(
                                SwapBranches.ofStatements(),
                                "def f():\n"
                                        + "    if a:\n"
                                        + "        b()\n"
                                        + "    else:\n"
                                        + "        c()\n"
                                        + "        d()"))
                .containsExactly(
                        "def f():\n    if a:\n        c()\n        d()\n    else:\n        b()");
        assertThat(
                        java(
                                SwapBranches.ofStatements(),
                                "void f() { if (a) { b(); } else if (c) { d(); } }"))
                .isEmpty();
    }

    @Test
    void swapAlternativesOfAConditionalExpression() {
        assertThat(java(SwapBranches.ofExpressions(), "int f() { return a ? b : c; }"))
                .containsExactly("int f() { return a ? c : b; }");
        assertThat(python(SwapBranches.ofExpressions(), "def f():\n    return b if a else c"))
                .containsExactly("def f():\n    return c if a else b");
    }

    @Test
    void swapConditionsOfAChain() {
        assertThat(java(new SwapConditions(), "void f() { if (a) { b(); } else if (c) { d(); } }"))
                .containsExactly("void f() { if (c) { b(); } else if (a) { d(); } }");
        assertThat(
                        python(
                                new SwapConditions(),
                                "def f():\n    if a:\n        b()\n    elif c:\n        d()"))
                .containsExactly("def f():\n    if c:\n        b()\n    elif a:\n        d()");
    }

    @Test
    void swapStatementsOnlyWhereOneNeedsTheOther() {
        assertThat(
                        java(
                                new SwapStatements(),
                                "void f(int a) {\n    a = 2;\n    g(a);\n    h();\n}"))
                .containsExactly("void f(int a) {\n    g(a);\n    a = 2;\n    h();\n}");
        assertThat(java(new SwapStatements(), "void f() { out.append(a); out.append(b); }"))
                .containsExactly("void f() { out.append(b); out.append(a); }");
        assertThat(python(new SwapStatements(), "def f(a, b):\n    a = b\n    b = a\n    return b"))
                .containsExactly("def f(a, b):\n    b = a\n    a = b\n    return b");
        assertThat(python(new SwapStatements(), "def f(a, b):\n    g(a)\n    g(b)\n    h()"))
                .isEmpty();
    }

    @Test
    void swapStatementsLeavesDeclarationsJumpsAndCommentedOnesInPlace() {
        assertThat(java(new SwapStatements(), "int f() { int a = 1; g(a); return a; }")).isEmpty();
        assertThat(java(new SwapStatements(), "int f(int a) { a++; return a; }")).isEmpty();
        assertThat(java(new SwapStatements(), "void f(int a) { a = 2; // two\n g(a); }")).isEmpty();
        assertThat(python(new SwapStatements(), "def f():\n    a = 1\n    g(a)")).isEmpty();
    }

    @Test
    void moveGuardPutsItBehindTheFirstUse() {
        assertThat(
                        java(
                                new MoveGuard(),
                                "int f(int a) {\n"
                                        + "    if (a < 0) {\n"
                                        + "        throw x;\n"
                                        + "    }\n"
                                        + "    g();\n"
                                        + "    int b = h(a);\n"
                                        + "    return b;\n"
                                        + "}"))
                .containsExactly(
                        "int f(int a) {\n"
                                + "    g();\n"
                                + "    int b = h(a);\n"
                                + "    if (a < 0) {\n"
                                + "        throw x;\n"
                                + "    }\n"
                                + "    return b;\n"
                                + "}");
        assertThat(java(new MoveGuard(), "void f(X a) { requireNonNull(a, \"a\"); a.g(); }"))
                .containsExactly("void f(X a) { a.g(); requireNonNull(a, \"a\"); }");
        assertThat(
                        python(
                                new MoveGuard(),
                                "def f(a):\n"
                                        + "    if not a:\n"
                                        + "        return 0\n"
                                        + "    b = g(a)\n"
                                        + "    return b"))
                .containsExactly(
                        "def f(a):\n    b = g(a)\n    if not a:\n        return 0\n    return b");
        assertThat(java(new MoveGuard(), "int f(int a) { if (a < 0) { return 1; } return a; }"))
                .isEmpty();
    }

    @Test
    void substitutionsReplaceOneTokenInPlace() {
        assertThat(
                        java(
                                ReplaceToken.comparisonBoundary(),
                                "boolean f() { return a < b == c >= d; }"))
                .containsExactly(
                        "boolean f() { return a <= b == c >= d; }",
                        "boolean f() { return a < b == c > d; }");
        assertThat(java(ReplaceToken.equality(), "boolean f() { return a == b; }"))
                .containsExactly("boolean f() { return a != b; }");
        assertThat(python(ReplaceToken.equality(), "def f(a):\n    return a is not None"))
                .containsExactly("def f(a):\n    return a is None");
        assertThat(java(ReplaceToken.connective(), "boolean f() { return a && b; }"))
                .containsExactly("boolean f() { return a || b; }");
        assertThat(python(ReplaceToken.connective(), "def f(a, b):\n    return a or b"))
                .containsExactly("def f(a, b):\n    return a and b");
        assertThat(java(ReplaceToken.offByOne(), "int f() { return a + 1 - b; }"))
                .containsExactly("int f() { return a - 1 - b; }");
        assertThat(java(ReplaceToken.zeroOne(), "int f() { return a[0] + 10; }"))
                .containsExactly("int f() { return a[1] + 10; }");
        assertThat(java(ReplaceToken.booleanLiteral(), "boolean f() { return true; }"))
                .containsExactly("boolean f() { return false; }");
        assertThat(python(ReplaceToken.booleanLiteral(), "def f():\n    return False"))
                .containsExactly("def f():\n    return True");
        assertThat(java(ReplaceToken.increment(), "void f() { i++; --j; k += 2; }"))
                .containsExactly(
                        "void f() { i--; --j; k += 2; }",
                        "void f() { i++; ++j; k += 2; }",
                        "void f() { i++; --j; k -= 2; }");
        assertThat(python(ReplaceToken.increment(), "def f(i):\n    i -= 1"))
                .containsExactly("def f(i):\n    i += 1");
    }

    @Test
    void negateConditionAddsOrRemoves() {
        assertThat(
                        java(
                                new NegateCondition(),
                                "void f() { if (a.g()) { b(); } while (!c) { d(); } }"))
                .containsExactly(
                        "void f() { if (!a.g()) { b(); } while (!c) { d(); } }",
                        "void f() { if (a.g()) { b(); } while (c) { d(); } }");
        assertThat(python(new NegateCondition(), "def f(a):\n    if a:\n        return not g(a)"))
                .containsExactly(
                        "def f(a):\n    if not a:\n        return not g(a)",
                        "def f(a):\n    if a:\n        return g(a)");
    }

    @Test
    void dropCheckTakesOneTestAwayOrBringsTheNearestIn() {
        assertThat(java(new DropCheck(), "int f(int a, int b) { if (a > 0 && b < g(a)) b++; }"))
                .containsExactly(
                        "int f(int a, int b) { if (a > 0) b++; }",
                        "int f(int a, int b) { if (b < g(a)) b++; }");
        assertThat(
                        java(
                                new DropCheck(),
                                "int f(X a) { if (a == null) return 0; while (a.next()) g(); }"))
                .containsExactly(
                        "int f(X a) { if (a == null && a.next()) return 0; while (a.next()) g(); }",
                        "int f(X a) { if (a == null || a.next()) return 0; while (a.next()) g(); }",
                        "int f(X a) { if (a == null) return 0; while (a.next() && a == null) g();"
                                + " }",
                        "int f(X a) { if (a == null) return 0; while (a.next() || a == null) g();"
                                + " }");
        assertThat(
                        python(
                                new DropCheck(),
                                "def f(a, b):\n"
                                        + "    if not a or b > 1:\n"
                                        + "        return a\n"
                                        + "    if g(b):\n"
                                        + "        return b"))
                .contains(
                        "def f(a, b):\n"
                                + "    if not a:\n"
                                + "        return a\n"
                                + "    if g(b):\n"
                                + "        return b",
                        "def f(a, b):\n"
                                + "    if b > 1:\n"
                                + "        return a\n"
                                + "    if g(b):\n"
                                + "        return b",
                        "def f(a, b):\n"
                                + "    if not a or b > 1 or g(b):\n"
                                + "        return a\n"
                                + "    if g(b):\n"
                                + "        return b")
                .hasSize(5);
    }

    @Test
    void dropCheckBringsNoVariableOutOfItsScope() {
        assertThat(
                        java(
                                new DropCheck(),
                                "void f(X a) { if (a.b()) { int c = a.d(); if (c > 0) e(); } }"))
                .containsExactly(
                        "void f(X a) { if (a.b()) { int c = a.d(); if (c > 0 && a.b()) e(); } }",
                        "void f(X a) { if (a.b()) { int c = a.d(); if (c > 0 || a.b()) e(); } }");
    }

    private static List<String> java(MutationOperator operator, String text) {
        return mutants(operator, Language.JAVA, text);
    }

    private static List<String> python(MutationOperator operator, String text) {
        return mutants(operator, Language.PYTHON, text);
    }

    private static List<String> mutants(MutationOperator operator, Language language, String text) {
        try (SyntaxTree tree = SyntaxTree.parseFragment(language, text)) {
            assertThat(tree.hasErrors()).as(text).isFalse();
            return operator.sites(FunctionCode.of(tree)).stream()
                    .map(edit -> Edit.apply(text, List.of(edit)))
                    .toList();
        }
    }
}
