package io.prefstream.jobs.common.syntax;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Set;

/**
 * Goes over what is code in a tree, in source order and without recursion: a comment is one thing
 * and so is a literal, whatever is below it.
 */
public final class CodeWalk {

    private static final Set<String> LITERALS =
            Set.of("string", "string_literal", "character_literal", "concatenated_string");

    /** Is told of everything on the way. */
    public interface Visitor {

        /** Something that holds tokens begins. */
        void enter(Node node);

        /** It ends. */
        void leave(Node node);

        /** A token; without text where the parser put in what it found missing. */
        void token(Node leaf);

        /** A comment of any form. */
        default void comment(Node comment) {}
    }

    private record Level(Node node, Iterator<Node> below) {}

    private CodeWalk() {}

    /** Goes over all that is code at and below a node. */
    public static void over(Node root, Visitor visitor) {
        Deque<Level> open = new ArrayDeque<>();
        visit(root, visitor, open);
        while (!open.isEmpty()) {
            Level level = open.element();
            if (level.below().hasNext()) {
                visit(level.below().next(), visitor, open);
            } else {
                open.pop();
                visitor.leave(level.node());
            }
        }
    }

    private static void visit(Node node, Visitor visitor, Deque<Level> open) {
        if (node.isComment()) {
            visitor.comment(node);
        } else if (node.children().isEmpty() || isLiteral(node)) {
            visitor.token(node);
        } else {
            visitor.enter(node);
            open.push(new Level(node, node.children().iterator()));
        }
    }

    /** Whether a node is text or a character. */
    public static boolean isLiteral(Node node) {
        return LITERALS.contains(node.kind());
    }
}
