package io.prefstream.synthesize.commit;

import io.prefstream.jobs.common.syntax.CodeWalk;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.Node;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A function as the tokens that a compiler sees, without white space and comments. Where a block is
 * told by its indentation, its begin and end are tokens.
 */
record CodeTokens(List<String> tokens) {

    CodeTokens {
        tokens = List.copyOf(tokens);
    }

    /** Those of a function; empty where it has syntax errors. */
    static Optional<CodeTokens> of(Language language, String function) {
        try (SyntaxTree tree = SyntaxTree.parseFragment(language, function)) {
            if (tree.hasErrors()) {
                return Optional.empty();
            }
            Collected collected = new Collected(language == Language.PYTHON);
            CodeWalk.over(tree.root(), collected);
            return Optional.of(new CodeTokens(collected.tokens));
        }
    }

    private static final class Collected implements CodeWalk.Visitor {

        private final boolean indented;
        private final List<String> tokens = new ArrayList<>();

        Collected(boolean indented) {
            this.indented = indented;
        }

        @Override
        public void enter(Node node) {
            border(node, "indent");
        }

        @Override
        public void leave(Node node) {
            border(node, "dedent");
        }

        @Override
        public void token(Node leaf) {
            tokens.add(leaf.text());
        }

        /** With a space in it, a border is no token that anybody can write. */
        private void border(Node node, String which) {
            if (indented && node.is("block")) {
                tokens.add("block " + which);
            }
        }
    }

    /**
     * Tokens to be taken out and put in to make others of these, as few as can be; empty where that
     * is more than the limit. The greedy algorithm of Myers (Algorithmica 1986): time is the number
     * of tokens times the limit.
     */
    OptionalInt changesTo(CodeTokens other, int limit) {
        int n = tokens.size();
        int m = other.tokens.size();
        int most = Math.min(limit, n + m);
        int origin = most + 1;
        // How far along these tokens a path gets that ends on diagonal k, at origin + k.
        int[] furthest = new int[2 * most + 3];
        for (int changes = 0; changes <= most; changes++) {
            for (int k = -changes; k <= changes; k += 2) {
                boolean putIn =
                        k == -changes
                                || (k != changes
                                        && furthest[origin + k - 1] < furthest[origin + k + 1]);
                int x = putIn ? furthest[origin + k + 1] : furthest[origin + k - 1] + 1;
                int y = x - k;
                while (x < n && y < m && tokens.get(x).equals(other.tokens.get(y))) {
                    x++;
                    y++;
                }
                if (x >= n && y >= m) {
                    return OptionalInt.of(changes);
                }
                furthest[origin + k] = x;
            }
        }
        return OptionalInt.empty();
    }
}
