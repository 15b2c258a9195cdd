package io.prefstream.jobs.common.syntax;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.treesitter.TSLanguage;
import org.treesitter.TreeSitterRust;

/** Rust: functions of modules, implementations and traits; documentation is {@code ///}. */
final class RustGrammar extends Grammar {

    static final RustGrammar INSTANCE = new RustGrammar();

    private static final Set<String> CONTAINERS =
            Set.of("source_file", "impl_item", "trait_item", "mod_item", "declaration_list");

    private RustGrammar() {}

    @Override
    TSLanguage parser() {
        return new TreeSitterRust();
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
        return node.is("function_item");
    }

    @Override
    @Nullable Declared function(Node node) {
        return declared(node);
    }

    /** Structures, enumerations, traits and implementations, these by their type's name. */
    @Override
    @Nullable Declared type(Node node) {
        if (node.is("impl_item")) {
            Node body = node.child("body").orElse(null);
            Node name = node.child("type").orElse(null);
            return body == null || name == null
                    ? null
                    : new Declared(name.text(), node, node, body);
        }
        return node.is("struct_item", "enum_item", "trait_item") ? declared(node) : null;
    }

    @Override
    @Nullable String doc(String source, Declared declared) {
        int start = declared.declaration().start();
        String lines = DocComments.linesAbove(source, start, "///");
        return lines != null ? lines : DocComments.javadocAbove(source, start);
    }

    @Override
    @Nullable String enclosing(Node container) {
        return container.is("impl_item", "trait_item", "mod_item")
                ? container
                        .child("body")
                        .map(body -> Signatures.before(container, body))
                        .orElse(null)
                : null;
    }
}
