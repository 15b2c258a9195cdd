package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sides differ in more than the names of their parameters and local variables, and parentheses
 * that change nothing.
 *
 * <p>Compares the nested tokens of both trees. A parameter or local variable is the number of its
 * first appearance, so that renaming it everywhere counts as nothing, while two of them that change
 * places where they are used count: what is declared first is still number one. Nodes for
 * parentheses alone are looked through, as what they hold together is one node anyway: {@code a +
 * (b * c)} is {@code a + b * c}, and {@code (a + b) * c} isn't.
 *
 * <p>A function is taken for one scope, so that two variables of one name that are renamed apart
 * still count as a difference. Names are known in Java and Python, elsewhere only parentheses are
 * looked through. Cost: a look at the tokens, where sides that differ in another token than words
 * and parentheses are done with; otherwise one pass over each side's nodes.
 */
public final class TrivialDifferenceCheck implements Check {

    private final Objection objection;

    public TrivialDifferenceCheck(Objection objection) {
        this.objection = objection;
    }

    @Override
    public String name() {
        return "trivial-difference";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        if (!candidate.chosen().parsed()) {
            return new CheckResult.Skipped("no grammar for " + candidate.pair().getLanguage());
        }
        return mayBeRenamed(candidate.chosen().tokens(), candidate.rejected().tokens())
                        && Shape.of(candidate.chosen()).equals(Shape.of(candidate.rejected()))
                ? objection.found(
                        "the sides differ only in names of local variables or in parentheses")
                : new CheckResult.Passed(null);
    }

    /** Whether the tokens but for parentheses differ in words only. */
    private static boolean mayBeRenamed(List<String> chosen, List<String> rejected) {
        int j = 0;
        for (String token : chosen) {
            if (isParenthesis(token)) {
                continue;
            }
            while (j < rejected.size() && isParenthesis(rejected.get(j))) {
                j++;
            }
            if (j == rejected.size()) {
                return false;
            }
            String other = rejected.get(j++);
            if (!token.equals(other) && !(isWord(token) && isWord(other))) {
                return false;
            }
        }
        return rejected.subList(j, rejected.size()).stream()
                .allMatch(TrivialDifferenceCheck::isParenthesis);
    }

    private static boolean isWord(String token) {
        return Character.isUnicodeIdentifierStart(token.charAt(0)) || token.charAt(0) == '_';
    }

    private static boolean isParenthesis(String token) {
        return token.equals("(") || token.equals(")");
    }

    /** The tokens of a tree, bracketed where they belong together, local names as numbers. */
    private static final class Shape implements CodeWalk.Visitor {

        /** Not writable in source code. */
        private static final String OPEN = "\u0001(";

        private static final String CLOSE = "\u0001)";

        private final @Nullable Names names;
        private final List<String> tokens = new ArrayList<>();
        private final Map<String, String> numbers = new HashMap<>();

        private Shape(@Nullable Names names) {
            this.names = names;
        }

        static List<String> of(ReadCode code) {
            Shape shape = new Shape(code.names().orElse(null));
            CodeWalk.over(code.nodes().get(0), shape);
            return shape.tokens;
        }

        @Override
        public void enter(Node node) {
            if (holdsTogether(node)) {
                tokens.add(OPEN);
            }
        }

        @Override
        public void leave(Node node) {
            if (holdsTogether(node)) {
                tokens.add(CLOSE);
            }
        }

        @Override
        public void token(Node leaf) {
            Node parent = leaf.parent();
            if (parent != null && isParenthesised(parent) && leaf.is("(", ")")) {
                return;
            }
            String text = leaf.text();
            tokens.add(
                    names != null && names.isLocal(leaf)
                            ? numbers.computeIfAbsent(text, name -> "\u0001" + numbers.size())
                            : text);
        }

        /** A node with one child is that child. */
        private static boolean holdsTogether(Node node) {
            int held = 0;
            for (Node child : node.children()) {
                held += child.isComment() ? 0 : 1;
            }
            return held > 1 && !isParenthesised(node);
        }

        private static boolean isParenthesised(Node node) {
            return node.is("parenthesized_expression");
        }
    }
}
