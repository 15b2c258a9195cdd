package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Two different literals of one kind (booleans, or whole numbers) change places. */
final class SwapLiterals implements MutationOperator {

    private static final int NEIGHBOURS = 4;

    @Override
    public String id() {
        return "swap-literals";
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        List<Edit> sites = new ArrayList<>();
        addPairs(code, code.dialect()::isBooleanLiteral, sites);
        addPairs(code, code.dialect()::isIntegerLiteral, sites);
        return sites;
    }

    private void addPairs(FunctionCode code, Predicate<Node> kind, List<Edit> sites) {
        List<Node> literals = code.nodes().stream().filter(kind).toList();
        for (int i = 0; i < literals.size(); i++) {
            int paired = 0;
            for (int j = i + 1; j < literals.size() && paired < NEIGHBOURS; j++) {
                if (!literals.get(i).text().equals(literals.get(j).text())) {
                    sites.add(Edit.swap(id(), literals.get(i), literals.get(j)));
                    paired++;
                }
            }
        }
    }
}
