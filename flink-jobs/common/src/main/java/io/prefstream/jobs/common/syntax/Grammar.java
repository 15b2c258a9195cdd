package io.prefstream.jobs.common.syntax;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.treesitter.TSLanguage;

/**
 * What one language's grammar calls functions and the things they stand in, and where its people
 * write documentation. One subclass for each language or family.
 */
abstract class Grammar {

    /**
     * A function or method with a body.
     *
     * @param name the declared name
     * @param declaration all of it: decorators, template heads and {@code export} included
     * @param definition the part that has name, parameters and body
     * @param body what is between the braces, or stands for it
     */
    record Function(String name, Node declaration, Node definition, Node body) {}

    static Grammar of(Language language) {
        return switch (language) {
            case JAVA -> JavaGrammar.INSTANCE;
            case PYTHON -> PythonGrammar.INSTANCE;
            case JAVASCRIPT -> ScriptGrammar.JAVASCRIPT;
            case TYPESCRIPT -> ScriptGrammar.TYPESCRIPT;
            case GO -> GoGrammar.INSTANCE;
            case RUST -> RustGrammar.INSTANCE;
            case C -> CGrammar.C;
            case CPP -> CGrammar.CPP;
        };
    }

    /** A new parser's language. */
    abstract TSLanguage parser();

    /** The query that captures comments, and strings that stand for them. */
    String comments() {
        return "(comment) @comment";
    }

    /** What must stand around a function for it to parse on its own; empty for most languages. */
    String fragmentPrefix() {
        return "";
    }

    /** Kinds of nodes that may hold functions. */
    abstract Set<String> containers();

    /** Whether a node declares a function, with or without a body. */
    abstract boolean isFunction(Node node);

    /** The function that a node declares; null if it has no body or no name. */
    abstract @Nullable Function function(Node node);

    /** The declaration in one line. */
    String signature(Function function) {
        return Signatures.before(function.declaration(), function.body());
    }

    /** The documentation comment without its markers; null if there is none. */
    @Nullable String doc(String source, Function function) {
        return DocComments.javadocAbove(source, function.declaration().start());
    }

    /** Declaration and body at the left margin, without documentation inside. */
    String text(Lines lines, Function function) {
        return lines.dedent(
                function.declaration(),
                function.declaration().start(),
                function.declaration().end());
    }

    /**
     * A container's declaration in one line, such as {@code class A extends B}; null for those that
     * declare nothing.
     */
    @Nullable String enclosing(Node container) {
        return container
                .child("body")
                .filter(body -> container.child("name").isPresent())
                .map(body -> Signatures.before(container, body))
                .orElse(null);
    }
}
