package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.Node;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A function as the operators see it: its nodes in order, each one's parent, its variables.
 *
 * <p>Built once per snippet and shared by all operators. Only valid while the tree is open.
 */
final class FunctionCode {

    private final Language language;
    private final List<Node> nodes;
    private final Map<Node, Node> parents = new IdentityHashMap<>();
    private final Dialect dialect;
    private final Variables variables;

    private FunctionCode(SyntaxTree tree) {
        this.language = tree.language();
        this.nodes = tree.root().preorder();
        for (Node node : nodes) {
            for (Node child : node.children()) {
                parents.put(child, node);
            }
        }
        this.dialect = Dialect.of(language);
        this.variables = dialect.variables(this);
    }

    static FunctionCode of(SyntaxTree tree) {
        return new FunctionCode(tree);
    }

    Language language() {
        return language;
    }

    Dialect dialect() {
        return dialect;
    }

    /** All nodes, parents first. */
    List<Node> nodes() {
        return nodes;
    }

    @Nullable Node parent(Node node) {
        return parents.get(node);
    }

    /** Whether the parent is of one of these kinds. */
    boolean isBelow(Node node, String... kinds) {
        Node parent = parent(node);
        return parent != null && parent.is(kinds);
    }

    Variables variables() {
        return variables;
    }
}
