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
            if (Conditions.isNegation(node)) {
                List<Node> operand = node.namedChildren();
                if (operand.size() == 1 && Conditions.isPlain(operand.get(0))) {
                    sites.add(
                            Edit.substitute(
                                    id(),
                                    add.reversed(),
                                    node.start(),
                                    node.end(),
                                    operand.get(0).text()));
                }
            } else if (Conditions.isPlain(node)
                    && (Conditions.isWhole(code, node) || Conditions.isOperand(code, node))) {
                sites.add(
                        Edit.substitute(id(), add, node.start(), node.end(), prefix + node.text()));
            }
        }
        return sites;
    }
}
