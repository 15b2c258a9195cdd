package io.prefstream.jobs.common.syntax;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.treesitter.TSLanguage;
import org.treesitter.TreeSitterJavascript;
import org.treesitter.TreeSitterTypescript;

/**
 * JavaScript and TypeScript: declared functions, methods of classes, and functions that a variable,
 * a field or an export is given at once.
 */
final class ScriptGrammar extends Grammar {

    static final ScriptGrammar JAVASCRIPT = new ScriptGrammar(TreeSitterJavascript::new);
    static final ScriptGrammar TYPESCRIPT = new ScriptGrammar(TreeSitterTypescript::new);

    private static final Set<String> CONTAINERS =
            Set.of(
                    "program",
                    "export_statement",
                    "class_declaration",
                    "abstract_class_declaration",
                    "class_body",
                    "internal_module",
                    "module",
                    "ambient_declaration",
                    "expression_statement",
                    "statement_block");

    private final Supplier<TSLanguage> parser;

    private ScriptGrammar(Supplier<TSLanguage> parser) {
        this.parser = parser;
    }

    @Override
    TSLanguage parser() {
        return parser.get();
    }

    @Override
    Set<String> containers() {
        return CONTAINERS;
    }

    @Override
    boolean isFunction(Node node) {
        return function(node) != null;
    }

    @Override
    @Nullable Declared function(Node node) {
        if (node.is("export_statement")) {
            return exported(node, this::function);
        }
        if (node.is(
                "function_declaration", "generator_function_declaration", "method_definition")) {
            return named(node, node, node.child("name").orElse(null));
        }
        if (node.is("lexical_declaration", "variable_declaration")) {
            List<Node> declared = node.namedChildren();
            return declared.size() == 1 && declared.get(0).is("variable_declarator")
                    ? valued(node, declared.get(0), "name", "value")
                    : null;
        }
        if (node.is("field_definition", "public_field_definition")) {
            return valued(
                    node, node, node.child("property").isPresent() ? "property" : "name", "value");
        }
        if (node.is("expression_statement")) {
            List<Node> expressions = node.namedChildren();
            return expressions.size() == 1 && expressions.get(0).is("assignment_expression")
                    ? valued(node, expressions.get(0), "left", "right")
                    : null;
        }
        return null;
    }

    /** What is exported, the export being part of its declaration. */
    private static @Nullable Declared exported(
            Node export, Function<Node, @Nullable Declared> what) {
        Declared inner =
                export.child("declaration").or(() -> export.child("value")).map(what).orElse(null);
        return inner == null
                ? null
                : new Declared(inner.name(), export, inner.definition(), inner.body());
    }

    @Override
    @Nullable Declared type(Node node) {
        if (node.is("export_statement")) {
            return exported(node, this::type);
        }
        return node.is("class_declaration", "abstract_class_declaration", "interface_declaration")
                ? declared(node)
                : null;
    }

    private static @Nullable Declared valued(
            Node declaration, Node holder, String nameField, String valueField) {
        Node value = holder.child(valueField).orElse(null);
        return value != null
                        && value.is(
                                "arrow_function",
                                "function_expression",
                                "function",
                                "generator_function")
                ? named(declaration, value, holder.child(nameField).orElse(null))
                : null;
    }

    private static @Nullable Declared named(
            Node declaration, Node definition, @Nullable Node name) {
        Node body = definition.child("body").orElse(null);
        if (body == null || name == null) {
            return null;
        }
        String full = name.text();
        return new Declared(
                full.substring(full.lastIndexOf('.') + 1), declaration, definition, body);
    }
}
