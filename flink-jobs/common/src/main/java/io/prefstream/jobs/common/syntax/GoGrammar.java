package io.prefstream.jobs.common.syntax;

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
    @Nullable Function function(Node node) {
        Node body = node.child("body").orElse(null);
        Node name = node.child("name").orElse(null);
        return body == null || name == null ? null : new Function(name.text(), node, node, body);
    }

    @Override
    @Nullable String doc(String source, Function function) {
        return DocComments.linesAbove(source, function.declaration().start(), "//");
    }
}
