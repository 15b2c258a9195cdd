package io.prefstream.jobs.common.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a file into its functions and methods.
 *
 * <p>A function inside another function belongs to the outer one. A declaration without a body
 * (abstract and interface methods; in Python a body that is only a docstring) is not a function.
 * Cost: one walk over declarations, not over bodies.
 */
public final class FunctionSplitter {

    private static final Set<String> JAVA_CONTAINERS =
            Set.of(
                    "program",
                    "class_declaration",
                    "class_body",
                    "interface_declaration",
                    "interface_body",
                    "enum_declaration",
                    "enum_body",
                    "enum_body_declarations",
                    "record_declaration");

    private static final Set<String> PYTHON_CONTAINERS =
            Set.of(
                    "module",
                    "class_definition",
                    "decorated_definition",
                    "block",
                    "if_statement",
                    "elif_clause",
                    "else_clause",
                    "try_statement",
                    "except_clause",
                    "finally_clause",
                    "with_statement");

    private static final Set<String> JAVA_FUNCTIONS =
            Set.of(
                    "method_declaration",
                    "constructor_declaration",
                    "compact_constructor_declaration");

    private FunctionSplitter() {}

    /** The functions of a file in source order. */
    public static List<FunctionSource> split(SyntaxTree tree) {
        List<FunctionSource> functions = new ArrayList<>();
        Lines lines = new Lines(tree.source());
        for (Node declaration : declarations(tree)) {
            FunctionSource function =
                    switch (tree.language()) {
                        case JAVA -> javaFunction(tree, declaration, lines);
                        case PYTHON -> pythonFunction(tree, declaration, lines);
                    };
            if (function != null) {
                functions.add(function);
            }
        }
        return functions;
    }

    /** Function declarations outside of other functions; a Python one with its decorators. */
    private static List<Node> declarations(SyntaxTree tree) {
        boolean java = tree.language() == Language.JAVA;
        Set<String> containers = java ? JAVA_CONTAINERS : PYTHON_CONTAINERS;
        List<Node> found = new ArrayList<>();
        Deque<Node> open = new ArrayDeque<>();
        open.push(tree.root());
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (java ? JAVA_FUNCTIONS.contains(node.kind()) : isPythonFunction(node)) {
                found.add(node);
            } else if (containers.contains(node.kind())) {
                List<Node> below = node.children();
                for (int i = below.size() - 1; i >= 0; i--) {
                    open.push(below.get(i));
                }
            }
        }
        return found;
    }

    private static boolean isPythonFunction(Node node) {
        return node.is("function_definition")
                || (node.is("decorated_definition")
                        && node.child("definition")
                                .map(definition -> definition.is("function_definition"))
                                .orElse(false));
    }

    private static @Nullable FunctionSource javaFunction(
            SyntaxTree tree, Node declaration, Lines lines) {
        Node body = declaration.child("body").orElse(null);
        Node name = declaration.child("name").orElse(null);
        if (body == null || name == null) {
            return null;
        }
        return new FunctionSource(
                name.text(),
                Signatures.java(declaration),
                DocComments.javadocAbove(tree.source(), declaration.start()),
                lines.dedent(declaration, declaration.start(), declaration.end()),
                lines.numberAt(declaration.start()));
    }

    private static @Nullable FunctionSource pythonFunction(
            SyntaxTree tree, Node declaration, Lines lines) {
        Node definition =
                declaration.is("decorated_definition")
                        ? declaration.child("definition").orElse(declaration)
                        : declaration;
        Node body = definition.child("body").orElse(null);
        Node name = definition.child("name").orElse(null);
        if (body == null || name == null) {
            return null;
        }
        List<Node> statements = body.namedChildren();
        Node docstring = statements.isEmpty() ? null : DocComments.docstring(statements.get(0));
        if (docstring != null && statements.size() == 1) {
            return null;
        }
        String text =
                docstring == null
                        ? lines.dedent(declaration, declaration.start(), declaration.end())
                        : lines.dedentWithout(declaration, docstring);
        return new FunctionSource(
                name.text(),
                Signatures.python(definition, body),
                docstring == null ? null : DocComments.cleanDocstring(docstring.text()),
                text,
                lines.numberAt(declaration.start()));
    }
}
