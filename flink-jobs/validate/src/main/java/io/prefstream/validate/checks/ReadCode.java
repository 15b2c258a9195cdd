package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.DeclaredFunction;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.Node;
import io.prefstream.jobs.common.syntax.Outline;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Code as a compiler sees it. What only some checks ask for is read from the tree at the first
 * question and kept. Close it: the tree is native memory. Not thread-safe.
 */
public final class ReadCode implements AutoCloseable {

    private final List<String> tokens;
    private final int syntaxErrors;
    private final boolean lexed;
    private final @Nullable ReadCode twin;
    private final @Nullable Supplier<SyntaxTree> parser;
    private @Nullable SyntaxTree tree;
    private int depth = -1;
    private @Nullable List<Node> nodes;
    private @Nullable List<Outline.Item> outline;
    private @Nullable List<DeclaredFunction> functions;
    private @Nullable List<Words.Name> words;
    private @Nullable Names names;
    private @Nullable List<Declared> declared;

    private ReadCode(
            List<String> tokens,
            int syntaxErrors,
            boolean lexed,
            @Nullable SyntaxTree tree,
            @Nullable ReadCode twin,
            @Nullable Supplier<SyntaxTree> parser) {
        this.tokens = List.copyOf(tokens);
        this.syntaxErrors = syntaxErrors;
        this.lexed = lexed;
        this.tree = tree;
        this.twin = twin;
        this.parser = parser;
    }

    /** Code whose tokens are its tree's leaves. */
    static ReadCode parsed(List<String> tokens, int syntaxErrors, SyntaxTree tree) {
        return new ReadCode(tokens, syntaxErrors, false, tree, null, null);
    }

    /** Code without errors, cut into tokens by {@link Lexer}. */
    static ReadCode lexed(List<String> tokens, SyntaxTree tree) {
        return new ReadCode(tokens, 0, true, tree, null, null);
    }

    /**
     * Code that reads as other code but for its names, so that it has the same tree.
     *
     * @param tokens by {@link Lexer}
     * @param twin the other code, not closed as long as this one is used
     * @param parser parses the code, for what the other's tree can't answer
     */
    static ReadCode renamed(List<String> tokens, ReadCode twin, Supplier<SyntaxTree> parser) {
        return new ReadCode(tokens, 0, true, null, twin, parser);
    }

    /** Code of a language without a grammar, split into these tokens, comments included. */
    static ReadCode split(List<String> tokens) {
        return new ReadCode(tokens, 0, false, null, null, null);
    }

    /**
     * Its tokens without white space and comments; where indentation carries meaning it is a token.
     */
    public List<String> tokens() {
        return tokens;
    }

    /** Nodes that the grammar could not place or found missing. */
    public int syntaxErrors() {
        return syntaxErrors;
    }

    /** Whether it has no errors and its tokens were cut by {@link Lexer}. */
    boolean lexed() {
        return lexed;
    }

    /** False where what is known of it is another code's. */
    boolean parsedAlone() {
        return twin == null;
    }

    /** False where there is no grammar for the language. */
    public boolean parsed() {
        return tree != null || twin != null;
    }

    /** Nodes from the root to the deepest one, both included; 0 where nothing was parsed. */
    public int depth() {
        if (twin != null) {
            return twin.depth();
        }
        if (depth < 0) {
            depth = tree == null ? 0 : tree.depth();
        }
        return depth;
    }

    @Nullable SyntaxTree tree() {
        if (tree == null && parser != null) {
            tree = parser.get();
        }
        return tree;
    }

    /**
     * Its nodes, parents before children, the root first; none where nothing was parsed. Cost: some
     * 7 µs a node, several times the parse.
     */
    List<Node> nodes() {
        if (nodes == null) {
            SyntaxTree known = tree();
            nodes = known == null ? List.of() : known.root().preorder();
        }
        return nodes;
    }

    /** Its named nodes without places; only where it is {@link #lexed}. */
    private List<Outline.Item> outline() {
        if (twin != null) {
            return twin.outline();
        }
        if (outline == null) {
            outline = tree == null ? List.of() : tree.outline();
        }
        return outline;
    }

    /** The functions that it declares; none where nothing was parsed. */
    List<DeclaredFunction> functions() {
        if (functions == null) {
            SyntaxTree known = tree();
            functions =
                    known == null ? List.of() : DeclaredFunction.in(known.language(), known.root());
        }
        return functions;
    }

    /**
     * A function as who calls it sees it.
     *
     * @param name empty where it has none
     */
    record Declared(String name, int parameters) {}

    /** The functions that it declares, without their bodies; none where nothing was parsed. */
    List<Declared> declared() {
        if (declared == null) {
            declared =
                    declaredInOutline()
                            .orElseGet(
                                    () ->
                                            functions().stream()
                                                    .map(
                                                            function ->
                                                                    new Declared(
                                                                            function.name(),
                                                                            function.parameters()))
                                                    .toList());
        }
        return declared;
    }

    private Optional<List<Declared>> declaredInOutline() {
        Optional<List<Words.Name>> known = words();
        if (known.isEmpty()) {
            return Optional.empty();
        }
        IdentityHashMap<Outline.Item, String> texts = new IdentityHashMap<>();
        known.get().forEach(word -> texts.put(word.item(), word.text()));
        return Outline.functions(language().orElseThrow(), outline())
                .map(
                        all ->
                                all.stream()
                                        .map(
                                                one ->
                                                        new Declared(
                                                                one.name() == null
                                                                        ? ""
                                                                        : texts.getOrDefault(
                                                                                one.name(), ""),
                                                                one.parameters()))
                                        .toList());
    }

    /**
     * What its names stand for; empty where nothing knows the language's rules. Reads the outline,
     * and all nodes where that doesn't say what each name reads.
     */
    Optional<Names> names() {
        Optional<Naming> naming = language().flatMap(Naming::of);
        if (names == null && naming.isPresent()) {
            names =
                    words().map(known -> Names.of(naming.get(), known))
                            .orElseGet(() -> Names.ofNodes(naming.get(), nodes()));
        }
        return Optional.ofNullable(names);
    }

    /** Its names and where they stand in the outline; empty where that is in doubt. */
    private Optional<List<Words.Name>> words() {
        if (words == null && lexed) {
            words = Words.names(language().orElseThrow(), outline(), tokens).orElse(null);
        }
        return Optional.ofNullable(words);
    }

    /** Empty where nothing was parsed. */
    private Optional<Language> language() {
        if (twin != null) {
            return twin.language();
        }
        return Optional.ofNullable(tree).map(SyntaxTree::language);
    }

    @Override
    public void close() {
        if (tree != null) {
            tree.close();
        }
    }
}
