package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import io.prefstream.synthesize.mutation.Dialect.Branches;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What happens if a condition holds and what happens if not change places. */
final class SwapBranches implements MutationOperator {

    /** Finds the two alternatives of a node that has them. */
    @FunctionalInterface
    private interface Choice {
        Optional<Branches> of(Dialect dialect, Node node);
    }

    private final String id;
    private final Choice choice;

    private SwapBranches(String id, Choice choice) {
        this.id = id;
        this.choice = choice;
    }

    /** The two branches of an if with an else. */
    static MutationOperator ofStatements() {
        return new SwapBranches("swap-branches", Dialect::ifElse);
    }

    /** The two values of a conditional expression. */
    static MutationOperator ofExpressions() {
        return new SwapBranches("swap-alternatives", Dialect::conditional);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        List<Edit> sites = new ArrayList<>();
        for (Node node : code.nodes()) {
            Branches branches = choice.of(code.dialect(), node).orElse(null);
            if (branches != null
                    && !branches.consequence().text().equals(branches.alternative().text())) {
                sites.add(Edit.swap(id, branches.consequence(), branches.alternative()));
            }
        }
        return sites;
    }
}
