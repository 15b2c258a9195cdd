package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.Optional;

/** What a function tests: whole conditions, and the operands of their connectives. */
final class Conditions {

    private Conditions() {}

    /** Whether the node is all that an if, a loop or a conditional expression tests. */
    static boolean isWhole(FunctionCode code, Node node) {
        Node parent = code.parent(node);
        return parent != null
                && ("condition".equals(node.field())
                                && !node.is("parenthesized_expression", "condition")
                        || parent.is("parenthesized_expression")
                                && "condition".equals(parent.field()));
    }

    /** Whether the node is an operand of an and or an or. */
    static boolean isOperand(FunctionCode code, Node node) {
        Node parent = code.parent(node);
        return parent != null && connective(code, parent).isPresent();
    }

    /** The and or or of a node that connects two tests. */
    static Optional<Dialect.Binary> connective(FunctionCode code, Node node) {
        Dialect.Spelling spelling = code.dialect().spelling();
        return code.dialect()
                .binary(node)
                .filter(
                        binary ->
                                binary.operator().text().equals(spelling.and())
                                        || binary.operator().text().equals(spelling.or()));
    }

    /** A name or call, which needs no parentheses behind a negation. */
    static boolean isPlain(Node node) {
        return node.is("identifier", "method_invocation", "field_access", "call", "attribute");
    }

    static boolean isNegation(Node node) {
        return node.is("not_operator")
                || node.is("unary_expression") && node.text().startsWith("!");
    }

    /**
     * Whether the node is a single test, such as {@code a.isEmpty()}, {@code !b} or {@code c < d},
     * which needs no parentheses beside a connective and gives no name to anything.
     */
    static boolean isTest(FunctionCode code, Node node) {
        return isPlain(node)
                || isNegation(node)
                || node.is("instanceof_expression") && node.child("name").isEmpty()
                || node.is("binary_expression", "comparison_operator")
                        && connective(code, node).isEmpty();
    }
}
