package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.Node;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads code into tokens: the leaves of its syntax tree without comments. A literal is one token
 * with its white space; a Python block is bracketed, as its indentation says what belongs to it.
 *
 * <p>Cost: one parse and one pass over all nodes, without recursion.
 */
public final class CodeReader {

    private static final Pattern WORD_OR_MARK = Pattern.compile("\\w+|[^\\w\\s]");

    /** Not writable in source code, so that no token of it can be mistaken for a block's border. */
    private static final String BLOCK_BEGIN = "\u0001indent";

    private static final String BLOCK_END = "\u0001dedent";

    /** Reads one side of a pair, by the language's name on records. */
    public ReadCode read(String language, String text) {
        return Language.ofCode(language)
                .map(grammar -> parse(grammar, text))
                .orElseGet(
                        () ->
                                ReadCode.split(
                                        WORD_OR_MARK
                                                .matcher(text)
                                                .results()
                                                .map(match -> match.group())
                                                .toList()));
    }

    private static ReadCode parse(Language language, String text) {
        try (SyntaxTree tree = SyntaxTree.parseFragment(language, text)) {
            Tokens tokens = new Tokens(text, language == Language.PYTHON);
            List<Node> nodes = tree.root().preorder();
            CodeWalk.over(nodes.get(0), tokens);
            boolean cutShort = tokens.addRest();
            int errors = tokens.errors + (cutShort ? 1 : 0);
            return ReadCode.parsed(
                    tokens.tokens,
                    tree.hasErrors() ? Math.max(1, errors) : errors,
                    tokens.deepest,
                    language,
                    nodes);
        }
    }

    /** The tokens of one tree, in source order. */
    private static final class Tokens implements CodeWalk.Visitor {

        private final String text;
        private final boolean indented;
        private final List<String> tokens = new ArrayList<>();
        private int errors;
        private int covered;
        private int depth;
        private int deepest;

        Tokens(String text, boolean indented) {
            this.text = text;
            this.indented = indented;
        }

        @Override
        public void enter(Node node) {
            depth++;
            if (node.is("ERROR")) {
                errors++;
            }
            if (indented && node.is("block")) {
                tokens.add(BLOCK_BEGIN);
            }
        }

        @Override
        public void leave(Node node) {
            depth--;
            if (indented && node.is("block")) {
                tokens.add(BLOCK_END);
            }
        }

        @Override
        public void token(Node leaf) {
            deepest = Math.max(deepest, depth + 1);
            if (leaf.start() == leaf.end()) {
                if (leaf.hasErrors()) {
                    errors++;
                }
                return;
            }
            if (leaf.is("ERROR")) {
                errors++;
            }
            tokens.add(leaf.text());
            covered = Math.max(covered, leaf.end());
        }

        @Override
        public void comment(Node comment) {
            covered = Math.max(covered, comment.end());
        }

        /** Text that the tree does not reach: something closed the fragment before its end. */
        boolean addRest() {
            String rest = text.substring(Math.min(covered, text.length())).strip();
            if (rest.isEmpty()) {
                return false;
            }
            tokens.add(rest);
            return true;
        }
    }
}
