package io.prefstream.jobs.common.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a file into its functions and methods.
 *
 * <p>A function inside another function belongs to the outer one. A declaration without a body
 * (abstract and interface methods, prototypes; in Python a body that is only a docstring) is not a
 * function. Cost: one walk over declarations, not over bodies.
 */
public final class FunctionSplitter {

    private FunctionSplitter() {}

    /** A declaration and the declarations around it, outermost first. */
    private record Place(Node node, List<String> enclosing) {}

    /** The functions of a file in source order. */
    public static List<FunctionSource> split(SyntaxTree tree) {
        Grammar grammar = Grammar.of(tree.language());
        List<FunctionSource> functions = new ArrayList<>();
        Lines lines = new Lines(tree.source());
        for (Place place : declarations(tree, grammar)) {
            Grammar.Function function = grammar.function(place.node());
            if (function != null) {
                functions.add(
                        new FunctionSource(
                                function.name(),
                                grammar.signature(function),
                                grammar.doc(tree.source(), function),
                                grammar.text(lines, function),
                                lines.numberAt(function.declaration().start()),
                                place.enclosing()));
            }
        }
        return functions;
    }

    /** Function declarations outside of other functions. */
    private static List<Place> declarations(SyntaxTree tree, Grammar grammar) {
        List<Place> found = new ArrayList<>();
        Deque<Place> open = new ArrayDeque<>();
        open.push(new Place(tree.root(), List.of()));
        while (!open.isEmpty()) {
            Place place = open.pop();
            Node node = place.node();
            if (grammar.isFunction(node)) {
                found.add(place);
            } else if (grammar.containers().contains(node.kind())) {
                List<String> enclosing = with(place.enclosing(), grammar.enclosing(node));
                List<Node> below = node.children();
                for (int i = below.size() - 1; i >= 0; i--) {
                    open.push(new Place(below.get(i), enclosing));
                }
            }
        }
        return found;
    }

    private static List<String> with(List<String> outer, @Nullable String inner) {
        if (inner == null) {
            return outer;
        }
        List<String> all = new ArrayList<>(outer);
        all.add(inner);
        return List.copyOf(all);
    }
}
