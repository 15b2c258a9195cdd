package io.prefstream.jobs.common.syntax;

import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.treesitter.TSLanguage;
import org.treesitter.TreeSitterC;
import org.treesitter.TreeSitterCpp;

/**
 * C and C++: function definitions of files, namespaces and classes, templates included;
 * documentation as Doxygen reads it.
 */
final class CGrammar extends Grammar {

    static final CGrammar C = new CGrammar(TreeSitterC::new);
    static final CGrammar CPP = new CGrammar(TreeSitterCpp::new);

    private static final Set<String> CONTAINERS =
            Set.of(
                    "translation_unit",
                    "preproc_if",
                    "preproc_ifdef",
                    "preproc_else",
                    "preproc_elif",
                    "linkage_specification",
                    "declaration_list",
                    "namespace_definition",
                    "class_specifier",
                    "struct_specifier",
                    "field_declaration_list",
                    "template_declaration");

    private final Supplier<TSLanguage> parser;

    private CGrammar(Supplier<TSLanguage> parser) {
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
        return definition(node).is("function_definition");
    }

    /** {@code = default} and {@code = delete} are no bodies. */
    @Override
    @Nullable Declared function(Node node) {
        Node definition = definition(node);
        Node body = definition.child("body").orElse(null);
        String name = name(definition.child("declarator").orElse(null));
        return body == null || name == null ? null : new Declared(name, node, definition, body);
    }

    /** Classes and structures; the semicolon behind one belongs to it. */
    @Override
    @Nullable Declared type(Node node) {
        Node definition = definition(node);
        Declared inner =
                definition.is("class_specifier", "struct_specifier") ? declared(definition) : null;
        return inner == null ? null : new Declared(inner.name(), node, definition, inner.body());
    }

    @Override
    String text(Lines lines, Declared declared) {
        int end = declared.declaration().end();
        boolean semicolon =
                declared.definition().is("class_specifier", "struct_specifier")
                        && lines.source().startsWith(";", end);
        return lines.dedent(
                declared.declaration(), declared.declaration().start(), semicolon ? end + 1 : end);
    }

    /** Macros are only known to who has all headers. */
    @Override
    boolean isPreprocessed() {
        return true;
    }

    @Override
    @Nullable String doc(String source, Declared declared) {
        int start = declared.declaration().start();
        String lines = DocComments.linesAbove(source, start, "///");
        return lines != null ? lines : DocComments.javadocAbove(source, start);
    }

    /** A template's head belongs to what it is a template of. */
    private static Node definition(Node node) {
        if (!node.is("template_declaration")) {
            return node;
        }
        Node inner = node;
        for (Node child : node.namedChildren()) {
            inner = child;
        }
        return inner.is("template_declaration") ? definition(inner) : inner;
    }

    /** Through pointers and references to the name that is declared. */
    private static @Nullable String name(@Nullable Node declarator) {
        Node at = declarator;
        while (at != null) {
            if (at.is(
                    "identifier",
                    "field_identifier",
                    "destructor_name",
                    "operator_name",
                    "operator_cast",
                    "template_function",
                    "qualified_identifier")) {
                String text = at.text();
                return text.substring(text.lastIndexOf("::") < 0 ? 0 : text.lastIndexOf("::") + 2);
            }
            Node next = at.child("declarator").orElse(null);
            if (next == null) {
                for (Node child : at.namedChildren()) {
                    if (child.kind().endsWith("declarator")) {
                        next = child;
                    }
                }
            }
            at = next;
        }
        return null;
    }
}
