package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sequences of statements and what they read and write, by name. */
final class Statements {

    /** Calls on one receiver whose order shows in its state or output. */
    private static final List<String> ORDERED_CALLS =
            List.of(
                    "append", "add", "push", "offer", "write", "print", "insert", "enqueue",
                    "extend");

    private Statements() {}

    /** Every block's statements; a run ends where a comment stands between two statements. */
    static List<List<Node>> runs(FunctionCode code) {
        List<List<Node>> runs = new ArrayList<>();
        for (Node node : code.nodes()) {
            if (!code.dialect().isBlock(node)) {
                continue;
            }
            List<Node> run = new ArrayList<>();
            for (Node child : node.children()) {
                if (child.isComment()) {
                    runs.add(run);
                    run = new ArrayList<>();
                } else if (child.named()) {
                    run.add(child);
                }
            }
            runs.add(run);
        }
        return runs;
    }

    /** Names that a statement reads or writes. */
    static Set<String> names(Node statement) {
        Set<String> names = new HashSet<>();
        for (Node node : statement.preorder()) {
            if (node.is("identifier")) {
                names.add(node.text());
            }
        }
        return names;
    }

    /** Names that a statement, or anything inside it, assigns to. */
    static Set<String> writes(FunctionCode code, Node statement) {
        Set<String> names = new HashSet<>();
        for (Node node : statement.preorder()) {
            Node target = code.dialect().written(node);
            if (target != null) {
                names.addAll(writtenNames(target));
            }
        }
        return names;
    }

    private static Set<String> writtenNames(Node target) {
        if (target.is("field_access", "attribute")) {
            return target.child("field")
                    .or(() -> target.child("attribute"))
                    .map(field -> Set.of(field.text()))
                    .orElse(Set.of());
        }
        if (target.is("array_access", "subscript")) {
            return target.child("array")
                    .or(() -> target.child("value"))
                    .map(Statements::names)
                    .orElse(Set.of());
        }
        return names(target);
    }

    /**
     * Whether two statements do the same kind of thing to one receiver, where the order shows, such
     * as two {@code out.append(…)}.
     */
    static boolean areOrderedCalls(FunctionCode code, Node a, Node b) {
        String first = orderedReceiver(code, a);
        return first != null
                && first.equals(orderedReceiver(code, b))
                && !a.text().equals(b.text());
    }

    private static @Nullable String orderedReceiver(FunctionCode code, Node statement) {
        List<Node> parts = statement.namedChildren();
        if (!statement.is("expression_statement") || parts.size() != 1) {
            return null;
        }
        Node call = parts.get(0);
        boolean ordered =
                code.dialect()
                        .call(call)
                        .map(
                                found ->
                                        ORDERED_CALLS.stream()
                                                .anyMatch(name -> found.name().startsWith(name)))
                        .orElse(false);
        if (!ordered) {
            return null;
        }
        Node receiver = call.child("object").or(() -> call.child("function")).orElse(null);
        if (receiver == null) {
            return null;
        }
        String text = receiver.child("object").orElse(receiver).text();
        int end = 0;
        while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
            end++;
        }
        return text.substring(0, end);
    }
}
