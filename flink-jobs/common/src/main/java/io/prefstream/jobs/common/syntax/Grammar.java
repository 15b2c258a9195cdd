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
     * A function or a type with a body.
     *
     * @param name the declared name
     * @param declaration all of it: decorators, template heads and {@code export} included
     * @param definition the part that has name, parameters and body
     * @param body what is between the braces, or stands for it
     */
    record Declared(String name, Node declaration, Node definition, Node body) {}

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

    private @Nullable Symbols symbols;

    /** A new parser's language. */
    abstract TSLanguage parser();

    /** Its kinds and fields by number. */
    final synchronized Symbols symbols() {
        Symbols known = symbols;
        if (known == null) {
            known = new Symbols(parser());
            symbols = known;
        }
        return known;
    }

    /** The query that captures comments, and strings that stand for them. */
    String comments() {
        return "(comment) @comment";
    }

    /** What must stand around a function for it to parse on its own; empty for most languages. */
    String fragmentPrefix() {
        return "";
    }

    /**
     * Whether what the grammar can't take in is normal, as a preprocessor would have replaced it.
     */
    boolean isPreprocessed() {
        return false;
    }

    /** Kinds of nodes that may hold functions and types. */
    abstract Set<String> containers();

    /** Whether a node declares a function, with or without a body. */
    abstract boolean isFunction(Node node);

    /** The function that a node declares; null if it has no body or no name. */
    abstract @Nullable Declared function(Node node);

    /**
     * The class, interface, structure or the like that a node declares; null if it has no body or
     * no name. What stands in it is looked for among its definition's children.
     */
    abstract @Nullable Declared type(Node node);

    /** A declaration whose name and body are its own fields; null if it lacks one. */
    static @Nullable Declared declared(Node node) {
        Node body = node.child("body").orElse(null);
        Node name = node.child("name").orElse(null);
        return body == null || name == null ? null : new Declared(name.text(), node, node, body);
    }

    /** The declaration in one line. */
    String signature(Declared declared) {
        return Signatures.before(declared.declaration(), declared.body());
    }

    /** The documentation comment without its markers; null if there is none. */
    @Nullable String doc(String source, Declared declared) {
        return DocComments.javadocAbove(source, declared.declaration().start());
    }

    /** Declaration and body at the left margin, without documentation inside. */
    String text(Lines lines, Declared declared) {
        return lines.dedent(
                declared.declaration(),
                declared.declaration().start(),
                declared.declaration().end());
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
