package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One of the tests of a condition goes away or, the other way round, a test that the function makes
 * nearby comes in.
 *
 * <p>Not token-neutral: {@link SubstitutionRates} keeps the traffic in both directions equal.
 */
final class DropCheck implements MutationOperator {

    @Override
    public String id() {
        return "drop-check";
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        Dialect.Spelling spelling = code.dialect().spelling();
        List<Node> tests = tests(code);
        List<Edit> sites = new ArrayList<>();
        for (Node node : code.nodes()) {
            String connective =
                    Conditions.connective(code, node)
                            .map(binary -> binary.operator().text())
                            .orElse(null);
            if (connective != null) {
                addDrops(code, node, connective, sites);
            }
            if (Conditions.isWhole(code, node)
                    && (connective != null || Conditions.isTest(code, node))) {
                nearest(code, tests, node)
                        .ifPresent(
                                test ->
                                        List.of(spelling.and(), spelling.or()).stream()
                                                .filter(
                                                        word ->
                                                                connective == null
                                                                        || connective.equals(word))
                                                .forEach(word -> sites.add(add(node, word, test))));
            }
        }
        return sites;
    }

    /** Every single test, in source order. */
    private static List<Node> tests(FunctionCode code) {
        return code.nodes().stream()
                .filter(node -> Conditions.isTest(code, node))
                .filter(node -> Conditions.isWhole(code, node) || Conditions.isOperand(code, node))
                .toList();
    }

    private void addDrops(FunctionCode code, Node node, String connective, List<Edit> sites) {
        Dialect.Binary both = Conditions.connective(code, node).orElseThrow();
        if (Conditions.isTest(code, both.right())) {
            sites.add(keep(node, connective, both.left()));
        }
        if (Conditions.isTest(code, both.left())) {
            sites.add(keep(node, connective, both.right()));
        }
    }

    private Edit keep(Node node, String connective, Node kept) {
        return Edit.substitute(
                id(), new Substitution(connective, ""), node.start(), node.end(), kept.text());
    }

    private Edit add(Node condition, String connective, Node test) {
        return Edit.substitute(
                id(),
                new Substitution("", connective),
                condition.end(),
                condition.end(),
                " " + connective + " " + test.text());
    }

    /** The nearest test that can be made at the condition too and isn't made there. */
    private static Optional<Node> nearest(FunctionCode code, List<Node> tests, Node condition) {
        Set<String> made = new HashSet<>();
        tests.stream()
                .filter(test -> test.start() >= condition.start() && test.end() <= condition.end())
                .forEach(test -> made.add(test.text()));
        return tests.stream()
                .filter(test -> !made.contains(test.text()))
                .filter(test -> code.variables().areVisibleAt(test, condition.start()))
                .min(Comparator.comparingInt(test -> Math.abs(test.start() - condition.start())));
    }
}
