package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.DeclaredFunction;
import io.prefstream.jobs.common.syntax.Node;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Code as a compiler sees it. What only some checks ask for is read from the tree at the first
 * question and kept. Close it: the tree is native memory. Not thread-safe.
 */
public final class ReadCode implements AutoCloseable {

    private final List<String> tokens;
    private final int syntaxErrors;
    private final @Nullable SyntaxTree tree;
    private @Nullable List<Node> nodes;
    private @Nullable Names names;

    private ReadCode(List<String> tokens, int syntaxErrors, @Nullable SyntaxTree tree) {
        this.tokens = List.copyOf(tokens);
        this.syntaxErrors = syntaxErrors;
        this.tree = tree;
    }

    /** Code that was parsed. */
    static ReadCode parsed(List<String> tokens, int syntaxErrors, SyntaxTree tree) {
        return new ReadCode(tokens, syntaxErrors, tree);
    }

    /** Code of a language without a grammar, split into these tokens, comments included. */
    static ReadCode split(List<String> tokens) {
        return new ReadCode(tokens, 0, null);
    }

    /**
     * Its tokens without white space and comments; where indentation carries meaning it is a token.
     */
    public List<String> tokens() {
        return tokens;
    }

    /** Nodes that the grammar could not place or found missing. */
    public int syntaxErrors() {
        return syntaxErrors;
    }

    /** False where there is no grammar for the language. */
    public boolean parsed() {
        return tree != null;
    }

    /** Nodes from the root to the deepest one, both included; 0 where nothing was parsed. */
    public int depth() {
        return tree == null ? 0 : tree.depth();
    }

    @Nullable SyntaxTree tree() {
        return tree;
    }

    /**
     * Its nodes, parents before children, the root first; none where nothing was parsed. Cost: some
     * 7 µs a node, several times the parse.
     */
    List<Node> nodes() {
        if (nodes == null) {
            nodes = tree == null ? List.of() : tree.root().preorder();
        }
        return nodes;
    }

    /** The functions that it declares; none where nothing was parsed. */
    List<DeclaredFunction> functions() {
        return tree == null ? List.of() : DeclaredFunction.in(tree.language(), tree.root());
    }

    /**
     * What its names stand for; empty where nothing knows the language's rules. Reads all nodes.
     */
    Optional<Names> names() {
        if (names == null && tree != null) {
            names =
                    Naming.of(tree.language())
                            .map(naming -> Names.of(naming, nodes()))
                            .orElse(null);
        }
        return Optional.ofNullable(names);
    }

    @Override
    public void close() {
        if (tree != null) {
            tree.close();
        }
    }
}
