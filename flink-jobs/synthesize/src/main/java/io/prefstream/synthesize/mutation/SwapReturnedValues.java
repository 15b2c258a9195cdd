package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.List;

/** What two return statements give back changes places, where both can be said at both. */
final class SwapReturnedValues implements MutationOperator {

    private static final int NEIGHBOURS = 3;

    @Override
    public String id() {
        return "swap-returned-values";
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        List<Node> values =
                code.nodes().stream()
                        .flatMap(node -> code.dialect().returned(node).stream())
                        .toList();
        List<Edit> sites = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            Node a = values.get(i);
            int paired = 0;
            for (int j = i + 1; j < values.size() && paired < NEIGHBOURS; j++) {
                Node b = values.get(j);
                if (a.end() <= b.start()
                        && !a.text().equals(b.text())
                        && code.variables().areVisibleAt(a, b.start())
                        && code.variables().areVisibleAt(b, a.start())) {
                    sites.add(Edit.swap(id(), a, b));
                    paired++;
                }
            }
        }
        return sites;
    }
}
