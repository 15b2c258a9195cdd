package io.prefstream.jobs.common.syntax;

import java.util.List;
import java.util.Set;
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
    @Nullable Function function(Node node) {
        if (node.is("export_statement")) {
            Node exported = node.child("declaration").or(() -> node.child("value")).orElse(null);
            Function inner = exported == null ? null : function(exported);
            return inner == null
                    ? null
                    : new Function(inner.name(), node, inner.definition(), inner.body());
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

    private static @Nullable Function valued(
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

    private static @Nullable Function named(
            Node declaration, Node definition, @Nullable Node name) {
        Node body = definition.child("body").orElse(null);
        if (body == null || name == null) {
            return null;
        }
        String full = name.text();
        return new Function(
                full.substring(full.lastIndexOf('.') + 1), declaration, definition, body);
    }
}
