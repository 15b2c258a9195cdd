package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import io.prefstream.synthesize.mutation.Variables.Use;
import io.prefstream.synthesize.mutation.Variables.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One use of a variable and one use of another change places.
 *
 * <p>Both must be visible at both places. In a function where variables of one declared type can be
 * swapped, only those are: the mutant then compiles, so that what is wrong with it is its meaning.
 * Each use is paired with the next few uses of other variables only, which keeps the number of
 * sites linear.
 */
final class SwapVariables implements MutationOperator {

    /** How many later uses each use is paired with. */
    private static final int NEIGHBOURS = 6;

    private static final Set<String> COMMUTATIVE =
            Set.of("+", "*", "==", "!=", "&&", "||", "&", "|", "^", "and", "or", "is", "is not");

    @Override
    public String id() {
        return "swap-variables";
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        List<Use> uses = code.variables().uses();
        List<Edit> sameType = new ArrayList<>();
        List<Edit> others = new ArrayList<>();
        for (int i = 0; i < uses.size(); i++) {
            int paired = 0;
            for (int j = i + 1; j < uses.size() && paired < NEIGHBOURS; j++) {
                Use a = uses.get(i);
                Use b = uses.get(j);
                if (a.variable().name().equals(b.variable().name())) {
                    continue;
                }
                paired++;
                if (!a.variable().isVisibleAt(b.node().start())
                        || !b.variable().isVisibleAt(a.node().start())
                        || isSymmetric(code, a.node(), b.node())) {
                    continue;
                }
                (haveSameType(a.variable(), b.variable()) ? sameType : others)
                        .add(Edit.swap(id(), a.node(), b.node()));
            }
        }
        return sameType.isEmpty() ? others : sameType;
    }

    private static boolean haveSameType(Variable a, Variable b) {
        return a.type() != null && a.type().equals(b.type());
    }

    /**
     * Whether both are the operands of one operator, or of one call, that doesn't mind the order.
     */
    private static boolean isSymmetric(FunctionCode code, Node a, Node b) {
        Node parent = code.parent(a);
        if (parent == null || parent != code.parent(b)) {
            return false;
        }
        Optional<Dialect.Binary> binary = code.dialect().binary(parent);
        if (binary.isPresent()) {
            return COMMUTATIVE.contains(binary.get().operator().text());
        }
        Node call = code.parent(parent);
        return call != null
                && code.dialect()
                        .call(call)
                        .map(found -> SwapArguments.ignoresOrder(found.name()))
                        .orElse(false);
    }
}
