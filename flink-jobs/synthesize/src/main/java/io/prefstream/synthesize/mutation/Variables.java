package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Parameters and local variables of a function, and where they are used.
 *
 * <p>By name and range, not by a compiler's rules: a name is taken for the variable whose scope is
 * the smallest around it.
 */
final class Variables {

    /**
     * @param type the declared type as written, null where none is written
     * @param from first offset at which it may be used
     * @param to end of its scope
     */
    record Variable(String name, @Nullable String type, int from, int to) {

        boolean isVisibleAt(int offset) {
            return from <= offset && offset < to;
        }
    }

    /** A place where a variable is read or written. */
    record Use(Variable variable, Node node) {}

    private final List<Variable> declared;
    private final List<Use> uses = new ArrayList<>();

    /**
     * @param declared all variables
     * @param identifiers the identifiers that can be variables, in source order
     */
    Variables(List<Variable> declared, List<Node> identifiers) {
        this.declared = List.copyOf(declared);
        for (Node identifier : identifiers) {
            visible(identifier.text(), identifier.start())
                    .ifPresent(variable -> uses.add(new Use(variable, identifier)));
        }
    }

    List<Use> uses() {
        return uses;
    }

    /** The variable that a name means at an offset. */
    Optional<Variable> visible(String name, int offset) {
        return declared.stream()
                .filter(variable -> variable.name().equals(name) && variable.isVisibleAt(offset))
                .min(Comparator.comparingInt(variable -> variable.to() - variable.from()));
    }

    /** Whether every variable used inside the node is also visible at another offset. */
    boolean areVisibleAt(Node node, int offset) {
        return uses.stream()
                .filter(use -> use.node().start() >= node.start() && use.node().end() <= node.end())
                .allMatch(
                        use ->
                                use.variable().isVisibleAt(offset)
                                        || use.variable().from() >= node.start()
                                                && use.variable().to() <= node.end());
    }
}
