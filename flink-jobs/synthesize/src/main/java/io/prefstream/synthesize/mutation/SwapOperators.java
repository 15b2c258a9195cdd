package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Two operators of one family change places: a {@code <} here and a {@code >=} there, an {@code &&}
 * and an {@code ||}.
 */
final class SwapOperators implements MutationOperator {

    private static final int NEIGHBOURS = 4;

    private static final List<Set<String>> FAMILIES =
            List.of(
                    Set.of("<", "<=", ">", ">="),
                    Set.of("==", "!="),
                    Set.of("is", "is not"),
                    Set.of("in", "not in"),
                    Set.of("+", "-", "*", "/", "%", "//"),
                    Set.of("<<", ">>", ">>>"),
                    Set.of("&", "|", "^"),
                    Set.of("&&", "||"),
                    Set.of("and", "or"));

    @Override
    public String id() {
        return "swap-operators";
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        Map<Set<String>, List<Node>> byFamily = new HashMap<>();
        for (Node node : code.nodes()) {
            code.dialect()
                    .binary(node)
                    .filter(binary -> !joinsStrings(code, binary))
                    .map(Dialect.Binary::operator)
                    .ifPresent(
                            operator ->
                                    FAMILIES.stream()
                                            .filter(family -> family.contains(operator.text()))
                                            .forEach(
                                                    family ->
                                                            byFamily.computeIfAbsent(
                                                                            family,
                                                                            any ->
                                                                                    new ArrayList<>())
                                                                    .add(operator)));
        }
        List<Edit> sites = new ArrayList<>();
        for (Set<String> family : FAMILIES) {
            addPairs(byFamily.getOrDefault(family, List.of()), sites);
        }
        return sites;
    }

    private void addPairs(List<Node> operators, List<Edit> sites) {
        for (int i = 0; i < operators.size(); i++) {
            int paired = 0;
            for (int j = i + 1; j < operators.size() && paired < NEIGHBOURS; j++) {
                if (!operators.get(i).text().equals(operators.get(j).text())) {
                    sites.add(Edit.swap(id(), operators.get(i), operators.get(j)));
                    paired++;
                }
            }
        }
    }

    private static boolean joinsStrings(FunctionCode code, Dialect.Binary binary) {
        return binary.operator().text().equals("+")
                && (holdsString(binary.left()) || holdsString(binary.right()));
    }

    private static boolean holdsString(Node node) {
        String text = node.text();
        return text.indexOf('"') >= 0 || text.indexOf('\'') >= 0;
    }
}
