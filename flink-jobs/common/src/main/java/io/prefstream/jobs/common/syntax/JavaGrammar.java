package io.prefstream.jobs.common.syntax;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.treesitter.TSLanguage;
import org.treesitter.TreeSitterJava;

/** Java: methods and constructors of types. */
final class JavaGrammar extends Grammar {

    static final JavaGrammar INSTANCE = new JavaGrammar();

    private static final Set<String> CONTAINERS =
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

    private JavaGrammar() {}

    @Override
    TSLanguage parser() {
        return new TreeSitterJava();
    }

    /** Methods and constructors parse only inside a class. */
    @Override
    String fragmentPrefix() {
        return "class Fragment {\n";
    }

    @Override
    String comments() {
        return "[(line_comment) (block_comment)] @comment";
    }

    @Override
    Set<String> containers() {
        return CONTAINERS;
    }

    @Override
    boolean isFunction(Node node) {
        return node.is(
                "method_declaration", "constructor_declaration", "compact_constructor_declaration");
    }

    @Override
    @Nullable Declared function(Node node) {
        return declared(node);
    }

    @Override
    @Nullable Declared type(Node node) {
        return node.is(
                        "class_declaration",
                        "interface_declaration",
                        "enum_declaration",
                        "record_declaration")
                ? declared(node)
                : null;
    }

    @Override
    String signature(Declared declared) {
        return Signatures.java(declared.definition());
    }

    @Override
    @Nullable String enclosing(Node container) {
        return container.child("body").isPresent() ? Signatures.java(container) : null;
    }
}
