package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.List;

/** The two values of a conditional expression change places. */
final class SwapAlternatives implements MutationOperator {

    @Override
    public String id() {
        return "swap-alternatives";
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        List<Edit> sites = new ArrayList<>();
        for (Node node : code.nodes()) {
            code.dialect()
                    .conditional(node)
                    .filter(
                            branches ->
                                    !branches.consequence()
                                            .text()
                                            .equals(branches.alternative().text()))
                    .ifPresent(
                            branches ->
                                    sites.add(
                                            Edit.swap(
                                                    id(),
                                                    branches.consequence(),
                                                    branches.alternative())));
        }
        return sites;
    }
}
