package io.prefstream.jobs.common.syntax;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.treesitter.TSLanguage;
import org.treesitter.TreeSitterPython;

/** Python: functions of modules and classes, with their decorators; the docstring is cut out. */
final class PythonGrammar extends Grammar {

    static final PythonGrammar INSTANCE = new PythonGrammar();

    private static final Set<String> CONTAINERS =
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

    private PythonGrammar() {}

    @Override
    TSLanguage parser() {
        return new TreeSitterPython();
    }

    @Override
    String comments() {
        return "(comment) @comment (expression_statement . (string) @comment .)";
    }

    @Override
    Set<String> containers() {
        return CONTAINERS;
    }

    @Override
    boolean isFunction(Node node) {
        return definition(node).is("function_definition");
    }

    /** A body that is only a docstring is none. */
    @Override
    @Nullable Declared function(Node node) {
        return declaredIn(node);
    }

    @Override
    @Nullable Declared type(Node node) {
        return definition(node).is("class_definition") ? declaredIn(node) : null;
    }

    private static @Nullable Declared declaredIn(Node node) {
        Declared inner = declared(definition(node));
        return inner == null
                        || (docstring(inner.body()) != null
                                && inner.body().namedChildren().size() == 1)
                ? null
                : new Declared(inner.name(), node, inner.definition(), inner.body());
    }

    @Override
    String signature(Declared declared) {
        return Signatures.python(declared.definition(), declared.body());
    }

    @Override
    @Nullable String doc(String source, Declared declared) {
        Node docstring = docstring(declared.body());
        return docstring == null ? null : DocComments.cleanDocstring(docstring.text());
    }

    @Override
    String text(Lines lines, Declared declared) {
        Node docstring = docstring(declared.body());
        return docstring == null
                ? super.text(lines, declared)
                : lines.dedentWithout(declared.declaration(), docstring);
    }

    @Override
    @Nullable String enclosing(Node container) {
        return container.is("class_definition")
                ? container
                        .child("body")
                        .map(body -> Signatures.python(container, body))
                        .orElse(null)
                : null;
    }

    private static Node definition(Node node) {
        return node.is("decorated_definition") ? node.child("definition").orElse(node) : node;
    }

    private static @Nullable Node docstring(Node body) {
        List<Node> statements = body.namedChildren();
        return statements.isEmpty() ? null : DocComments.docstring(statements.get(0));
    }
}
