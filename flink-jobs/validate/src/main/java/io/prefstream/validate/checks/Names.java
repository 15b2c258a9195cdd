package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.Node;
import io.prefstream.jobs.common.syntax.Placed;
import io.prefstream.validate.checks.Naming.Role;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The names of a function: those that it declares, and those that it uses as variables without
 * declaring them. By name alone, as if a function were one scope.
 */
final class Names {

    private final Naming naming;
    private final Set<String> local;
    private final Set<String> mentioned;
    private final Set<String> undeclared;

    private Names(Naming naming, Set<String> local, Set<String> mentioned, Set<String> undeclared) {
        this.naming = naming;
        this.local = local;
        this.mentioned = mentioned;
        this.undeclared = undeclared;
    }

    static Names of(Naming naming, List<Words.Name> names) {
        Collected collected = new Collected(naming);
        for (Words.Name name : names) {
            if (isIdentifier(name.item())) {
                collected.add(name.item(), name.text());
            }
        }
        return collected.names();
    }

    static Names ofNodes(Naming naming, List<Node> nodes) {
        Collected collected = new Collected(naming);
        for (Node node : nodes) {
            if (isIdentifier(node) && node.start() < node.end()) {
                collected.add(node, node.text());
            }
        }
        return collected.names();
    }

    /** Names on the way. */
    private static final class Collected {

        private final Naming naming;
        private final Set<String> local = new HashSet<>();
        private final Set<String> meant = new HashSet<>();
        private final Set<String> mentioned = new HashSet<>();
        private final Set<String> undeclared = new LinkedHashSet<>();

        Collected(Naming naming) {
            this.naming = naming;
        }

        void add(Placed identifier, String name) {
            mentioned.add(name);
            switch (naming.roleOf(identifier)) {
                case DECLARED -> local.add(name);
                case MEANT_ELSEWHERE -> meant.add(name);
                case USED -> {
                    if (!Character.isUpperCase(name.charAt(0)) && !naming.isKnown(name)) {
                        undeclared.add(name);
                    }
                }
                case CALLED, OTHER -> {}
            }
        }

        Names names() {
            undeclared.removeAll(local);
            undeclared.removeAll(meant);
            local.removeAll(meant);
            return new Names(naming, local, mentioned, undeclared);
        }
    }

    /** Whether a token is the name of a parameter or local variable. */
    boolean isLocal(Node token) {
        if (!isIdentifier(token) || !isLocal(token.text())) {
            return false;
        }
        Role role = naming.roleOf(token);
        return role == Role.DECLARED || role == Role.USED || role == Role.CALLED;
    }

    /** Whether a parameter or local variable has this name. */
    boolean isLocal(String name) {
        return local.contains(name);
    }

    /** Whether the code holds this identifier anywhere. */
    boolean mentions(String name) {
        return mentioned.contains(name);
    }

    /**
     * Names that stand where a variable may and are not declared, in order of appearance: fields
     * too, as a function stands without its class. Those with a capital letter are taken for types
     * and constants.
     */
    Set<String> undeclared() {
        return undeclared;
    }

    private static boolean isIdentifier(Placed node) {
        return node.kind().equals("identifier");
    }
}
