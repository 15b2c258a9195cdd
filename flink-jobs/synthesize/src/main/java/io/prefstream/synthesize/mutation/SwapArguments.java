package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Two arguments of one call change places, except where the callee is known not to mind. */
final class SwapArguments implements MutationOperator {

    private static final int MAX_ARGUMENTS = 6;

    private static final Set<String> IGNORE_ORDER =
            Set.of(
                    "min",
                    "max",
                    "equals",
                    "equal",
                    "hash",
                    "hashcode",
                    "hypot",
                    "gcd",
                    "lcm",
                    "addexact",
                    "multiplyexact",
                    "assertequals",
                    "same",
                    "assertsame",
                    "isclose",
                    "deepequals",
                    "hashset",
                    "union",
                    "intersection",
                    "xor");

    @Override
    public String id() {
        return "swap-arguments";
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        List<Edit> sites = new ArrayList<>();
        for (Node node : code.nodes()) {
            code.dialect()
                    .call(node)
                    .filter(call -> !ignoresOrder(call.name()))
                    .ifPresent(call -> addPairs(call.arguments(), sites));
        }
        return sites;
    }

    private void addPairs(List<Node> arguments, List<Edit> sites) {
        int count = Math.min(arguments.size(), MAX_ARGUMENTS);
        for (int i = 0; i < count; i++) {
            for (int j = i + 1; j < count; j++) {
                Node a = arguments.get(i);
                Node b = arguments.get(j);
                if (!a.text().equals(b.text())) {
                    sites.add(Edit.swap(id(), a, b));
                }
            }
        }
    }

    /** Whether a callee of this name gives the same for its arguments in any order. */
    static boolean ignoresOrder(String name) {
        return IGNORE_ORDER.contains(name.toLowerCase(Locale.ROOT).replace("_", ""));
    }
}
