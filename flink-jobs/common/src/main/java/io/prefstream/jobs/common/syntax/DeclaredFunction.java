package io.prefstream.jobs.common.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function or method as who calls it sees it, and its body.
 *
 * @param name the declared name; empty where the declaration has none
 * @param parameters how many it declares; what only marks where others end doesn't count
 * @param body what is between the braces, or stands for it; null where there is none, or only
 *     documentation
 */
public record DeclaredFunction(String name, int parameters, @Nullable Node body) {

    /**
     * The functions of a file or fragment in source order, with or without bodies; one inside
     * another belongs to the outer one. Cost: a walk over declarations, not over bodies.
     */
    public static List<DeclaredFunction> in(Language language, Node root) {
        Grammar grammar = Grammar.of(language);
        List<DeclaredFunction> functions = new ArrayList<>();
        Deque<Node> open = new ArrayDeque<>();
        open.push(root);
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (grammar.isFunction(node)) {
                functions.add(of(grammar, node));
            } else if (grammar.containers().contains(node.kind())) {
                List<Node> children = node.children();
                for (int i = children.size() - 1; i >= 0; i--) {
                    open.push(children.get(i));
                }
            }
        }
        return functions;
    }

    private static DeclaredFunction of(Grammar grammar, Node node) {
        Grammar.Declared declared = grammar.function(node);
        return declared == null
                ? new DeclaredFunction(
                        node.child("name").map(Node::text).orElse(""), parameters(node), null)
                : new DeclaredFunction(
                        declared.name(), parameters(declared.definition()), declared.body());
    }

    private static int parameters(Node definition) {
        Node at = definition;
        while (at != null) {
            if (at.child("parameter").isPresent()) {
                return 1;
            }
            Node list = at.child("parameters").orElse(null);
            if (list != null) {
                return list.namedChildren().stream().mapToInt(DeclaredFunction::count).sum();
            }
            at = at.child("declarator").orElse(null);
        }
        return 0;
    }

    /** Go gives one type to several names; a type without a name is one parameter too. */
    private static int count(Node parameter) {
        if (parameter.is("keyword_separator", "positional_separator", "receiver_parameter")) {
            return 0;
        }
        long names =
                parameter.is("parameter_declaration")
                        ? parameter.children().stream()
                                .filter(child -> "name".equals(child.field()))
                                .count()
                        : 1;
        return (int) Math.max(1, names);
    }
}
