package io.prefstream.jobs.common.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.treesitter.TSNode;

/**
 * A node of a {@link SyntaxTree}: kind, place and children.
 *
 * <p>Children are read from the native tree when they are first asked for and then kept, so that a
 * walk over declarations doesn't pay for the bodies it skips. They must be asked for before the
 * tree is closed; everything else stays valid. Like its tree, a node belongs to one thread.
 */
public final class Node {

    private final SyntaxTree tree;
    private final TSNode nativeNode;
    private final String kind;
    private final boolean named;
    private final @Nullable String field;
    private final int start;
    private final int end;
    private @Nullable List<Node> children;

    Node(SyntaxTree tree, TSNode nativeNode, @Nullable String field) {
        this.tree = tree;
        this.nativeNode = nativeNode;
        this.kind = nativeNode.getType();
        this.named = nativeNode.isNamed();
        this.field = field;
        this.start = tree.charOffset(nativeNode.getStartByte());
        this.end = tree.charOffset(nativeNode.getEndByte());
    }

    /** The grammar's name of this node, such as {@code if_statement} or {@code <=}. */
    public String kind() {
        return kind;
    }

    /** Whether its kind is one of these. */
    public boolean is(String... kinds) {
        for (String candidate : kinds) {
            if (kind.equals(candidate)) {
                return true;
            }
        }
        return false;
    }

    /** False for punctuation and keywords. */
    public boolean named() {
        return named;
    }

    /**
     * The role it has in its parent, such as {@code condition}; null where the grammar gives none.
     */
    public @Nullable String field() {
        return field;
    }

    /** First char, as an offset in the tree's source. */
    public int start() {
        return start;
    }

    /** One past the last char. */
    public int end() {
        return end;
    }

    /** Its part of the source. */
    public String text() {
        return tree.source().substring(start, end);
    }

    /** Whether the parser had to guess anywhere inside. */
    public boolean hasErrors() {
        tree.requireOpen();
        return nativeNode.hasError();
    }

    /** All children in order, punctuation and comments included. */
    public List<Node> children() {
        List<Node> known = children;
        if (known == null) {
            known = tree.childrenOf(nativeNode);
            children = known;
        }
        return known;
    }

    /** The children that are not punctuation, keywords or comments. */
    public List<Node> namedChildren() {
        List<Node> result = new ArrayList<>();
        for (Node child : children()) {
            if (child.named && !child.isComment()) {
                result.add(child);
            }
        }
        return result;
    }

    /** The first child in this role. */
    public Optional<Node> child(String fieldName) {
        for (Node child : children()) {
            if (fieldName.equals(child.field)) {
                return Optional.of(child);
            }
        }
        return Optional.empty();
    }

    /** Whether this is a comment of any form. */
    public boolean isComment() {
        return is("comment", "line_comment", "block_comment");
    }

    /** This node and all below it, parents before children, in source order. */
    public List<Node> preorder() {
        List<Node> result = new ArrayList<>();
        Deque<Node> open = new ArrayDeque<>();
        open.push(this);
        while (!open.isEmpty()) {
            Node node = open.pop();
            result.add(node);
            List<Node> below = node.children();
            for (int i = below.size() - 1; i >= 0; i--) {
                open.push(below.get(i));
            }
        }
        return result;
    }

    @Override
    public String toString() {
        return kind + "[" + start + "," + end + ")";
    }
}
