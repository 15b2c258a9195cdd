package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.List;

/**
 * A condition is inverted: a {@code !} (in Python a {@code not}) comes before a name or call, or
 * goes away.
 *
 * <p>Not token-neutral: {@link SubstitutionRates} keeps the traffic in both directions equal.
 */
final class NegateCondition implements MutationOperator {

    @Override
    public String id() {
        return "negate-condition";
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        String not = code.dialect().spelling().not();
        Substitution add = new Substitution("", not);
        String prefix = Character.isLetter(not.charAt(0)) ? not + " " : not;
        List<Edit> sites = new ArrayList<>();
        for (Node node : code.nodes()) {
            if (isNegation(node)) {
                List<Node> operand = node.namedChildren();
                if (operand.size() == 1 && isPlain(operand.get(0))) {
                    sites.add(
                            Edit.substitute(
                                    id(),
                                    add.reversed(),
                                    node.start(),
                                    node.end(),
                                    operand.get(0).text()));
                }
            } else if (isPlain(node) && isCondition(code, node)) {
                sites.add(
                        Edit.substitute(id(), add, node.start(), node.end(), prefix + node.text()));
            }
        }
        return sites;
    }

    private static boolean isNegation(Node node) {
        return node.is("not_operator")
                || node.is("unary_expression") && node.text().startsWith("!");
    }

    /** A name or call, which needs no parentheses behind a negation. */
    private static boolean isPlain(Node node) {
        return node.is("identifier", "method_invocation", "field_access", "call", "attribute");
    }

    private static boolean isCondition(FunctionCode code, Node node) {
        Node parent = code.parent(node);
        if (parent == null) {
            return false;
        }
        if (parent.is("parenthesized_expression")) {
            return "condition".equals(parent.field());
        }
        if ("condition".equals(node.field())) {
            return true;
        }
        return code.dialect()
                .binary(parent)
                .map(binary -> binary.operator().text())
                .map(
                        operator ->
                                operator.equals(code.dialect().spelling().and())
                                        || operator.equals(code.dialect().spelling().or()))
                .orElse(false);
    }
}
