package io.prefstream.jobs.common.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.treesitter.TSInputEdit;
import org.treesitter.TSLanguage;
import org.treesitter.TSNode;
import org.treesitter.TSParser;
import org.treesitter.TSQuery;
import org.treesitter.TSQueryCursor;
import org.treesitter.TSQueryMatch;
import org.treesitter.TSTree;
import org.treesitter.TSTreeCursor;

/**
 * A parsed piece of source code (tree-sitter). Close it: the tree is native memory.
 *
 * <p>Parsing always gives a tree; {@link #hasErrors()} says whether the parser had to guess. Cost:
 * some 0.6 to 2.4 MB of source per second and thread, so parse once and pass the tree on. Parsers
 * are kept per thread; a tree is to be used by the thread that made it.
 */
public final class SyntaxTree implements AutoCloseable {

    private static final ThreadLocal<Map<Language, TSParser>> PARSERS =
            ThreadLocal.withInitial(() -> new EnumMap<>(Language.class));

    private static final ThreadLocal<Map<Language, TSQuery>> COMMENTS =
            ThreadLocal.withInitial(() -> new EnumMap<>(Language.class));

    private final Language language;
    private final String source;
    private final TSTree nativeTree;
    private final boolean errors;
    private final String parsed;
    private final CharOffsets offsets;
    private final Symbols symbols;
    private final int shift;
    private @Nullable Node root;
    private boolean closed;

    private SyntaxTree(
            Language language,
            String source,
            String prefix,
            String suffix,
            @Nullable SyntaxTree similar) {
        this.language = language;
        this.source = source;
        this.shift = prefix.length();
        this.parsed = CharOffsets.wellFormed(shift == 0 ? source : prefix + source + suffix);
        this.offsets = CharOffsets.of(parsed);
        this.symbols = Grammar.of(language).symbols();
        TSTree rest = similar == null ? null : parseRest(similar);
        this.nativeTree = rest == null ? parser(language).parseString(null, parsed) : rest;
        this.errors = rest == null && nativeTree.getRootNode().hasError();
    }

    /** Parses a whole file. */
    public static SyntaxTree parse(Language language, String source) {
        return new SyntaxTree(language, source, "", "", null);
    }

    /**
     * Parses a function on its own. Offsets are those of {@code text}; the root holds the function
     * and whatever comments and annotations stand around it.
     */
    public static SyntaxTree parseFragment(Language language, String text) {
        return parseFragment(language, text, null);
    }

    /**
     * As {@link #parseFragment(Language, String)}, and gives the same tree.
     *
     * @param similar another fragment of this language, not closed: only what is between the
     *     beginning and the end that both have in common is parsed anew
     */
    public static SyntaxTree parseFragment(
            Language language, String text, @Nullable SyntaxTree similar) {
        String prefix = Grammar.of(language).fragmentPrefix();
        return new SyntaxTree(language, text, prefix, prefix.isEmpty() ? "" : "\n}\n", similar);
    }

    /**
     * Parses with what is left of another tree; null where all is to be parsed: characters of
     * several bytes are counted in neither's edits, how the parser gets over errors may depend on
     * what it knew, and where most of the text is another, knowing the rest costs more than it
     * saves.
     */
    private @Nullable TSTree parseRest(SyntaxTree similar) {
        similar.requireOpen();
        if (similar.language != language
                || similar.errors
                || !similar.offsets.isIdentity()
                || !offsets.isIdentity()) {
            return null;
        }
        TSInputEdit change = TextChange.between(similar.parsed, parsed);
        if (2 * (change.getNewEndByte() - change.getStartByte()) > parsed.length()) {
            return null;
        }
        try (TSTree known = similar.nativeTree.copy()) {
            known.edit(change);
            TSTree tree = parser(language).parseString(known, parsed);
            if (tree.getRootNode().hasError()) {
                tree.close();
                return null;
            }
            return tree;
        }
    }

    public Language language() {
        return language;
    }

    /** The text that offsets refer to. */
    public String source() {
        return source;
    }

    /** The file, or the fragment's surroundings. */
    public Node root() {
        requireOpen();
        Node known = root;
        if (known == null) {
            TSNode top = fragmentRoot();
            known =
                    new Node(
                            this,
                            top,
                            null,
                            null,
                            charOffset(top.getStartByte()),
                            charOffset(top.getEndByte()));
            root = known;
        }
        return known;
    }

    /**
     * The named nodes, without places.
     *
     * @throws IllegalStateException if the tree has errors: those aren't written as nodes are
     */
    public List<Outline.Item> outline() {
        requireOpen();
        if (errors) {
            throw new IllegalStateException("a tree with errors has no outline");
        }
        return Outline.of(fragmentRoot().toString());
    }

    /** Whether the parser had to guess anywhere. */
    public boolean hasErrors() {
        return errors;
    }

    /**
     * Nodes from the root to the deepest one, both included. Cost: a native walk that makes no
     * {@link Node}, about a tenth of reading them.
     */
    public int depth() {
        requireOpen();
        int depth = 1;
        int deepest = 1;
        try (TSTreeCursor cursor = new TSTreeCursor(fragmentRoot())) {
            while (true) {
                if (cursor.gotoFirstChild()) {
                    deepest = Math.max(deepest, ++depth);
                    continue;
                }
                while (!cursor.gotoNextSibling()) {
                    if (depth == 1) {
                        return deepest;
                    }
                    cursor.gotoParent();
                    depth--;
                }
            }
        }
    }

    /** Chars in comments and docstrings. Cost: one native walk over the tree. */
    public int commentChars() {
        requireOpen();
        TSQuery comments =
                COMMENTS.get()
                        .computeIfAbsent(
                                language,
                                one -> {
                                    Grammar grammar = Grammar.of(one);
                                    return new TSQuery(grammar.parser(), grammar.comments());
                                });
        int chars = 0;
        try (TSQueryCursor cursor = new TSQueryCursor()) {
            cursor.exec(comments, nativeTree.getRootNode());
            TSQueryMatch match = new TSQueryMatch();
            while (cursor.nextCapture(match)) {
                TSNode comment = match.getCaptures()[match.getCaptureIndex()].getNode();
                chars += charOffset(comment.getEndByte()) - charOffset(comment.getStartByte());
            }
        }
        return chars;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            nativeTree.close();
        }
    }

    /** The class body of a wrapped fragment, or the wrapper's root where not even that parsed. */
    private TSNode fragmentRoot() {
        TSNode top = nativeTree.getRootNode();
        if (shift == 0 || top.getChildCount() == 0) {
            return top;
        }
        TSNode body = top.getChild(0).getChildByFieldName("body");
        return body == null || body.isNull() ? top : body;
    }

    List<Node> childrenOf(Node parent) {
        requireOpen();
        List<Node> children = new ArrayList<>();
        try (TSTreeCursor cursor = new TSTreeCursor(parent.nativeNode())) {
            if (cursor.gotoFirstChild()) {
                do {
                    Node child = nodeAt(cursor, parent);
                    if (child != null) {
                        children.add(child);
                    }
                } while (cursor.gotoNextSibling());
            }
        }
        return List.copyOf(children);
    }

    /**
     * Reads the children of a node and of all that is below it, with one cursor for all of them:
     * asking node by node makes one for each, leaves included.
     */
    void readBelow(Node top) {
        requireOpen();
        try (TSTreeCursor cursor = new TSTreeCursor(top.nativeNode())) {
            if (!cursor.gotoFirstChild()) {
                top.setChildren(List.of());
                return;
            }
            Node parent = top;
            Deque<List<Node>> open = new ArrayDeque<>();
            open.push(new ArrayList<>());
            while (true) {
                Node child = nodeAt(cursor, parent);
                if (child != null) {
                    open.element().add(child);
                    if (cursor.gotoFirstChild()) {
                        parent = child;
                        open.push(new ArrayList<>());
                        continue;
                    }
                    child.setChildren(List.of());
                }
                while (!cursor.gotoNextSibling()) {
                    parent.setChildren(Collections.unmodifiableList(open.pop()));
                    Node above = parent.parent();
                    if (parent == top || above == null) {
                        return;
                    }
                    cursor.gotoParent();
                    parent = above;
                }
            }
        }
    }

    /** The node at a cursor; null if it is, or reaches into, what stands around a fragment. */
    private @Nullable Node nodeAt(TSTreeCursor cursor, Node parent) {
        TSNode node = cursor.currentNode();
        int start = offsets.ofByte(node.getStartByte()) - shift;
        int end = offsets.ofByte(node.getEndByte()) - shift;
        return start < 0 || end > source.length()
                ? null
                : new Node(this, node, parent, symbols.field(cursor.currentFieldId()), start, end);
    }

    int charOffset(int byteOffset) {
        return Math.max(0, Math.min(source.length(), offsets.ofByte(byteOffset) - shift));
    }

    Symbols symbols() {
        return symbols;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the syntax tree is closed");
        }
    }

    private static TSParser parser(Language language) {
        return PARSERS.get().computeIfAbsent(language, SyntaxTree::newParser);
    }

    private static TSParser newParser(Language language) {
        TSLanguage grammar = Grammar.of(language).parser();
        TSParser parser = new TSParser();
        if (!parser.setLanguage(grammar)) {
            throw new IllegalStateException(
                    "the " + language.code() + " grammar doesn't fit this tree-sitter");
        }
        return parser;
    }
}
