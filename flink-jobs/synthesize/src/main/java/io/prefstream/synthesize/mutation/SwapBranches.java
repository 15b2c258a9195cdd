package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.List;

/** The two branches of an if with an else change places. */
final class SwapBranches implements MutationOperator {

    @Override
    public String id() {
        return "swap-branches";
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        List<Edit> sites = new ArrayList<>();
        for (Node node : code.nodes()) {
            code.dialect()
                    .ifElse(node)
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
