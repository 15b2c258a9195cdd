package io.prefstream.jobs.common.syntax;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.treesitter.TSLanguage;
import org.treesitter.TreeSitterGo;

/** Go: functions and methods; their documentation is the comment lines right above. */
final class GoGrammar extends Grammar {

    static final GoGrammar INSTANCE = new GoGrammar();

    private GoGrammar() {}

    @Override
    TSLanguage parser() {
        return new TreeSitterGo();
    }

    @Override
    Set<String> containers() {
        return Set.of("source_file");
    }

    @Override
    boolean isFunction(Node node) {
        return node.is("function_declaration", "method_declaration");
    }

    @Override
    @Nullable Declared function(Node node) {
        return declared(node);
    }

    /** Structures and interfaces; one that stands in a group of several isn't cut out. */
    @Override
    @Nullable Declared type(Node node) {
        List<Node> declared = node.is("type_declaration") ? node.namedChildren() : List.of();
        if (declared.size() != 1) {
            return null;
        }
        Node specification = declared.get(0);
        Node name = specification.child("name").orElse(null);
        Node type = specification.child("type").orElse(null);
        if (name == null || type == null || !type.is("struct_type", "interface_type")) {
            return null;
        }
        Node body = type.is("struct_type") ? type.namedChildren().get(0) : type;
        return new Declared(name.text(), node, type, body);
    }

    @Override
    @Nullable String doc(String source, Declared declared) {
        return DocComments.linesAbove(source, declared.declaration().start(), "//");
    }
}
