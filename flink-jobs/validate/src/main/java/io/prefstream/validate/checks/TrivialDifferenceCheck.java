package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.CodeWalk;
import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 * looked through. Cost: a look at the tokens, which most pairs are done with; for the others all
 * nodes of both sides.
 */
public final class TrivialDifferenceCheck implements Check {

    private static final Set<String> BEFORE_OTHERS =
            Set.of(".", "::", "->", "@", "break", "continue", "goto");

    private static final Set<String> BEHIND_OTHERS = Set.of("(", "::", "=");

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
        ReadCode chosen = candidate.chosen();
        ReadCode rejected = candidate.rejected();
        return Renaming.between(chosen.tokens(), rejected.tokens())
                                .filter(
                                        renaming ->
                                                areLocal(renaming.from(), chosen)
                                                        && areLocal(renaming.into(), rejected))
                                .isPresent()
                        && Shape.of(chosen).equals(Shape.of(rejected))
                ? objection.found(
                        "the sides differ only in names of local variables or in parentheses")
                : new CheckResult.Passed(null);
    }

    private static boolean areLocal(Set<String> words, ReadCode code) {
        return words.isEmpty()
                || code.names()
                        .filter(names -> words.stream().allMatch(names::isLocal))
                        .isPresent();
    }

    /** Words of one side, and those that stand in their places on the other. */
    private record Renaming(Set<String> from, Set<String> into) {

        /**
         * Empty if the tokens alone say that it is no renaming: tokens differ that aren't words, a
         * word that became another one stays where nothing but a variable can stand, or words
         * changed places that each stand at one place only, where they would be declared and never
         * used.
         */
        static Optional<Renaming> between(List<String> chosen, List<String> rejected) {
            Set<String> renamed = new HashSet<>();
            Set<String> into = new HashSet<>();
            int places = 0;
            Set<String> kept = new HashSet<>();
            int j = 0;
            for (int i = 0; i < chosen.size(); i++) {
                String token = chosen.get(i);
                if (isParenthesis(token)) {
                    continue;
                }
                while (j < rejected.size() && isParenthesis(rejected.get(j))) {
                    j++;
                }
                if (j == rejected.size()) {
                    return Optional.empty();
                }
                String other = rejected.get(j++);
                if (!token.equals(other)) {
                    if (!isWord(token) || !isWord(other)) {
                        return Optional.empty();
                    }
                    renamed.add(token);
                    into.add(other);
                    places++;
                } else if (isWord(token) && isVariable(chosen, i)) {
                    kept.add(token);
                }
            }
            boolean exchangedOnce = places > 1 && places == renamed.size() && renamed.equals(into);
            boolean possible =
                    !exchangedOnce
                            && Collections.disjoint(renamed, kept)
                            && rejected.subList(j, rejected.size()).stream()
                                    .allMatch(TrivialDifferenceCheck::isParenthesis);
            return possible ? Optional.of(new Renaming(renamed, into)) : Optional.empty();
        }
    }

    /**
     * Whether a word stands where neither a member, what is called, a label nor an argument's name
     * can.
     */
    private static boolean isVariable(List<String> tokens, int at) {
        return at > 0
                && at + 1 < tokens.size()
                && !BEFORE_OTHERS.contains(tokens.get(at - 1))
                && !BEHIND_OTHERS.contains(tokens.get(at + 1));
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
