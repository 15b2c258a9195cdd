package io.prefstream.jobs.common.syntax;

import io.prefstream.schemas.SnippetKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a file into its functions, methods and classes.
 *
 * <p>A function inside another function belongs to the outer one; a method is cut out by itself and
 * stays in its class too. A declaration without a body (abstract and interface methods, prototypes;
 * in Python a body that is only a docstring) is neither. Cost: one walk over declarations, not over
 * bodies, without recursion. Types in types are followed to a bounded depth, so that a file can't
 * make its own text many times as long.
 */
public final class CodeSplitter {

    /** Deeper than any person nests types. */
    private static final int MAX_DEPTH = 16;

    private CodeSplitter() {}

    /** A declaration and the declarations around it, outermost first. */
    private record Place(Node node, List<String> enclosing) {}

    /** The functions of a file in source order. */
    public static List<CodePart> functions(SyntaxTree tree) {
        return split("", tree, Set.of(SnippetKind.FUNCTION));
    }

    /**
     * The parts of these kinds in source order: the file itself, a class before what stands in it.
     *
     * @param path the file's path, for its name
     */
    public static List<CodePart> split(String path, SyntaxTree tree, Set<SnippetKind> kinds) {
        List<CodePart> parts = new ArrayList<>();
        if (kinds.contains(SnippetKind.FILE)) {
            parts.add(CodePart.file(path, tree));
        }
        if (kinds.contains(SnippetKind.FUNCTION) || kinds.contains(SnippetKind.CLASS)) {
            cut(tree, kinds, parts);
        }
        return parts;
    }

    private static void cut(SyntaxTree tree, Set<SnippetKind> kinds, List<CodePart> parts) {
        Grammar grammar = Grammar.of(tree.language());
        Lines lines = new Lines(tree.source());
        Deque<Place> open = new ArrayDeque<>();
        open.push(new Place(tree.root(), List.of()));
        while (!open.isEmpty()) {
            Place place = open.pop();
            Node node = place.node();
            if (grammar.isFunction(node)) {
                Grammar.Declared function = grammar.function(node);
                if (function != null && kinds.contains(SnippetKind.FUNCTION)) {
                    parts.add(part(SnippetKind.FUNCTION, function, place, grammar, lines));
                }
                continue;
            }
            if (kinds.contains(SnippetKind.CLASS)) {
                Grammar.Declared type = grammar.type(node);
                if (type != null) {
                    parts.add(part(SnippetKind.CLASS, type, place, grammar, lines));
                    // What is around the declaration is part of it and must not be cut out again.
                    push(
                            type.definition().children(),
                            within(place, grammar.enclosing(type.definition())),
                            open);
                    continue;
                }
            }
            if (grammar.containers().contains(node.kind())) {
                push(node.children(), within(place, grammar.enclosing(node)), open);
            }
        }
    }

    private static void push(List<Node> nodes, List<String> enclosing, Deque<Place> open) {
        if (enclosing.size() <= MAX_DEPTH) {
            for (int i = nodes.size() - 1; i >= 0; i--) {
                open.push(new Place(nodes.get(i), enclosing));
            }
        }
    }

    private static List<String> within(Place place, @Nullable String inner) {
        if (inner == null) {
            return place.enclosing();
        }
        List<String> all = new ArrayList<>(place.enclosing());
        all.add(inner);
        return List.copyOf(all);
    }

    private static CodePart part(
            SnippetKind kind,
            Grammar.Declared declared,
            Place place,
            Grammar grammar,
            Lines lines) {
        return new CodePart(
                kind,
                declared.name(),
                grammar.signature(declared),
                grammar.doc(lines.source(), declared),
                grammar.text(lines, declared),
                lines.numberAt(declared.declaration().start()),
                place.enclosing(),
                declared.declaration().hasErrors());
    }
}
