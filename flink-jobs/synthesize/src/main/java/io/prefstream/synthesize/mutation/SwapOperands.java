package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The operands of an operator that minds their order change places.
 *
 * <p>Not where a literal would come first: {@code 0 < n} gives itself away by its style, whatever
 * it means.
 */
final class SwapOperands implements MutationOperator {

    private static final Set<String> ORDERED =
            Set.of("-", "/", "%", "<", ">", "<=", ">=", "<<", ">>", ">>>", "//", "**");

    @Override
    public String id() {
        return "swap-operands";
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        List<Edit> sites = new ArrayList<>();
        for (Node node : code.nodes()) {
            code.dialect()
                    .binary(node)
                    .filter(binary -> ORDERED.contains(binary.operator().text()))
                    .filter(binary -> !code.dialect().isLiteral(binary.right()))
                    .filter(binary -> !code.dialect().isLiteral(binary.left()))
                    .filter(binary -> !binary.left().text().equals(binary.right().text()))
                    .ifPresent(binary -> sites.add(Edit.swap(id(), binary.left(), binary.right())));
        }
        return sites;
    }
}
