package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A guard (an early return or throw, or a call that checks) moves behind the first statements that
 * use what it guards.
 */
final class MoveGuard implements MutationOperator {

    private static final int MAX_DISTANCE = 3;

    @Override
    public String id() {
        return "move-guard";
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        List<Edit> sites = new ArrayList<>();
        for (List<Node> run : Statements.runs(code)) {
            for (int i = 0; i + 1 < run.size(); i++) {
                if (code.dialect().isGuard(run.get(i))) {
                    addMoves(code, run, i, sites);
                }
            }
        }
        return sites;
    }

    private void addMoves(FunctionCode code, List<Node> run, int guard, List<Edit> sites) {
        Set<String> guarded = guardedVariables(code, run.get(guard));
        int last = Math.min(run.size() - 1, guard + MAX_DISTANCE);
        for (int to = guard + 1; to <= last && !code.dialect().isJump(run.get(to)); to++) {
            Set<String> used = new HashSet<>(Statements.names(run.get(to)));
            used.retainAll(guarded);
            if (!used.isEmpty() && !code.dialect().isGuard(run.get(to))) {
                List<Node> slots = run.subList(guard, to + 1);
                List<Node> moved = new ArrayList<>(run.subList(guard + 1, to + 1));
                moved.add(run.get(guard));
                sites.add(Edit.permute(id(), slots, moved));
            }
        }
    }

    /** The variables in the guard's condition, or in the arguments of a check. */
    private static Set<String> guardedVariables(FunctionCode code, Node guard) {
        Node tested = guard.child("condition").orElse(guard);
        Set<String> names = new HashSet<>();
        code.variables().uses().stream()
                .map(Variables.Use::node)
                .filter(node -> node.start() >= tested.start() && node.end() <= tested.end())
                .forEach(node -> names.add(node.text()));
        return names;
    }
}
