package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.List;

/** The conditions of an if and of the else-if below it change places. */
final class SwapConditions implements MutationOperator {

    @Override
    public String id() {
        return "swap-conditions";
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        List<Edit> sites = new ArrayList<>();
        for (Node node : code.nodes()) {
            List<Node> conditions = code.dialect().chainedConditions(node);
            if (conditions.size() == 2
                    && !conditions.get(0).text().equals(conditions.get(1).text())) {
                sites.add(Edit.swap(id(), conditions.get(0), conditions.get(1)));
            }
        }
        return sites;
    }
}
