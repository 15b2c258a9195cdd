package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.CodeWalk;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.Node;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads code into tokens: the leaves of its syntax tree without comments. A literal is one token
 * with its white space; a Python block is bracketed, as its indentation says what belongs to it.
 *
 * <p>Cost: one parse, some 0.6 ms for 1 KB, and for Java and Python a pass over the text; for other
 * languages, and where something doesn't parse, a pass over all nodes, which is several times the
 * parse.
 */
public final class CodeReader {

    private static final Pattern WORD_OR_MARK = Pattern.compile("\\w+|[^\\w\\s]");

    /** Not writable in source code, so that no token of it can be mistaken for a block's border. */
    static final String BLOCK_BEGIN = "\u0001indent";

    static final String BLOCK_END = "\u0001dedent";

    /** Reads one side of a pair, by the language's name on records. */
    public ReadCode read(String language, String text) {
        return read(language, text, null);
    }

    /**
     * Reads the other side of a pair.
     *
     * @param similar the side that was read, not yet closed: what both have in common costs next to
     *     nothing
     */
    ReadCode read(String language, String text, @Nullable ReadCode similar) {
        return Language.ofCode(language)
                .map(grammar -> parse(grammar, text, similar))
                .orElseGet(
                        () ->
                                ReadCode.split(
                                        WORD_OR_MARK
                                                .matcher(text)
                                                .results()
                                                .map(match -> match.group())
                                                .toList()));
    }

    private static ReadCode parse(Language language, String text, @Nullable ReadCode similar) {
        SyntaxTree known = similar == null ? null : similar.tree();
        List<String> tokens = Lexer.tokens(language, text).orElse(null);
        if (known != null
                && similar != null
                && similar.lexed()
                && tokens != null
                && Words.differInNamesOnly(
                        language, known.source(), similar.tokens(), text, tokens)) {
            return ReadCode.renamed(
                    tokens, similar, () -> SyntaxTree.parseFragment(language, text, known));
        }
        SyntaxTree tree = SyntaxTree.parseFragment(language, text, known);
        return tree.hasErrors() || tokens == null ? leaves(tree) : ReadCode.lexed(tokens, tree);
    }

    /** Reads the tree's own leaves. */
    static ReadCode leaves(SyntaxTree tree) {
        List<Node> nodes = tree.root().preorder();
        Leaves leaves = new Leaves(tree.source(), tree.language() == Language.PYTHON);
        CodeWalk.over(nodes.get(0), leaves);
        boolean cutShort = leaves.addRest();
        int errors = leaves.errors + (cutShort ? 1 : 0);
        return ReadCode.parsed(
                leaves.tokens, tree.hasErrors() ? Math.max(1, errors) : errors, tree);
    }

    /** The tokens of one tree, in source order. */
    private static final class Leaves implements CodeWalk.Visitor {

        private final String text;
        private final boolean indented;
        private final List<String> tokens = new ArrayList<>();
        private int errors;
        private int covered;

        Leaves(String text, boolean indented) {
            this.text = text;
            this.indented = indented;
        }

        @Override
        public void enter(Node node) {
            if (node.is("ERROR")) {
                errors++;
            }
            if (indented && node.is("block")) {
                tokens.add(BLOCK_BEGIN);
            }
        }

        @Override
        public void leave(Node node) {
            if (indented && node.is("block")) {
                tokens.add(BLOCK_END);
            }
        }

        @Override
        public void token(Node leaf) {
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
