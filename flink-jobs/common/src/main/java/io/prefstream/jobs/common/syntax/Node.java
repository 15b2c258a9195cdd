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
 * walk over declarations doesn't pay for the bodies it skips; {@link #preorder} reads all that is
 * below in one go. They must be asked for before the tree is closed; everything else stays valid.
 * Like its tree, a node belongs to one thread.
 */
public final class Node implements Placed {

    private final SyntaxTree tree;
    private final TSNode nativeNode;
    private final String kind;
    private final boolean named;
    private final @Nullable Node parent;
    private final @Nullable String field;
    private final int start;
    private final int end;
    private @Nullable List<Node> children;

    /**
     * @param start first char, in the tree's source
     * @param end one past the last char
     */
    Node(
            SyntaxTree tree,
            TSNode nativeNode,
            @Nullable Node parent,
            @Nullable String field,
            int start,
            int end) {
        int symbol = nativeNode.getSymbol();
        this.tree = tree;
        this.nativeNode = nativeNode;
        this.kind = tree.symbols().kind(symbol);
        this.named = tree.symbols().isNamed(symbol);
        this.parent = parent;
        this.field = field;
        this.start = start;
        this.end = end;
    }

    /** The grammar's name of this node, such as {@code if_statement} or {@code <=}. */
    @Override
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
    @Override
    public @Nullable String field() {
        return field;
    }

    /** The node that this one was read from; null for the root. */
    @Override
    public @Nullable Node parent() {
        return parent;
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
            known = tree.childrenOf(this);
            children = known;
        }
        return known;
    }

    TSNode nativeNode() {
        return nativeNode;
    }

    void setChildren(List<Node> read) {
        children = read;
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
            if (node.children == null) {
                tree.readBelow(node);
            }
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
