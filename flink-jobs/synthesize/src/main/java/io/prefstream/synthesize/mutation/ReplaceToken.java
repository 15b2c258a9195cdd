package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One operator or literal gives way to its neighbour in meaning, in place.
 *
 * <p>Not token-neutral: {@link SubstitutionRates} keeps the traffic in both directions equal.
 */
final class ReplaceToken implements MutationOperator {

    /** Finds the token of a node that may be replaced. */
    @FunctionalInterface
    interface Tokens {
        List<Node> of(FunctionCode code, Node node);
    }

    private final String id;
    private final Map<String, String> counterparts;
    private final Tokens tokens;

    private ReplaceToken(String id, Map<String, String> counterparts, Tokens tokens) {
        this.id = id;
        this.counterparts = counterparts;
        this.tokens = tokens;
    }

    /** {@code <} against {@code <=}, {@code >} against {@code >=}. */
    static MutationOperator comparisonBoundary() {
        return new ReplaceToken(
                "comparison-boundary",
                Map.of("<", "<=", "<=", "<", ">", ">=", ">=", ">"),
                ReplaceToken::binaryOperator);
    }

    /** {@code ==} against {@code !=}. */
    static MutationOperator equality() {
        return new ReplaceToken(
                "equality",
                Map.of("==", "!=", "!=", "==", "is", "is not", "is not", "is"),
                ReplaceToken::binaryOperator);
    }

    /** {@code &&} against {@code ||}. */
    static MutationOperator connective() {
        return new ReplaceToken(
                "connective",
                Map.of("&&", "||", "||", "&&", "and", "or", "or", "and"),
                ReplaceToken::binaryOperator);
    }

    /** {@code + 1} against {@code - 1}. */
    static MutationOperator offByOne() {
        return new ReplaceToken(
                "off-by-one",
                Map.of("+", "-", "-", "+"),
                (code, node) ->
                        code.dialect()
                                .binary(node)
                                .filter(binary -> binary.right().text().equals("1"))
                                .map(binary -> List.of(binary.operator()))
                                .orElse(List.of()));
    }

    /** {@code 0} against {@code 1}. */
    static MutationOperator zeroOne() {
        return new ReplaceToken(
                "zero-one",
                Map.of("0", "1", "1", "0"),
                (code, node) -> code.dialect().isIntegerLiteral(node) ? List.of(node) : List.of());
    }

    /** {@code true} against {@code false}. */
    static MutationOperator booleanLiteral() {
        return new ReplaceToken(
                "boolean-literal",
                Map.of("true", "false", "false", "true", "True", "False", "False", "True"),
                (code, node) -> code.dialect().isBooleanLiteral(node) ? List.of(node) : List.of());
    }

    /** {@code ++} against {@code --}; {@code += } against {@code -=}. */
    static MutationOperator increment() {
        return new ReplaceToken(
                "increment",
                Map.of("++", "--", "--", "++", "+=", "-=", "-=", "+="),
                (code, node) ->
                        node.is(
                                        "update_expression",
                                        "assignment_expression",
                                        "augmented_assignment")
                                ? node.children().stream().filter(child -> !child.named()).toList()
                                : List.of());
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        List<Edit> sites = new ArrayList<>();
        for (Node node : code.nodes()) {
            for (Node token : tokens.of(code, node)) {
                String from = token.text();
                String to = counterparts.get(from);
                if (to != null) {
                    sites.add(
                            Edit.substitute(
                                    id,
                                    new Substitution(from, to),
                                    token.start(),
                                    token.end(),
                                    to));
                }
            }
        }
        return sites;
    }

    private static List<Node> binaryOperator(FunctionCode code, Node node) {
        return code.dialect()
                .binary(node)
                .map(binary -> List.of(binary.operator()))
                .orElse(List.of());
    }
}
