package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.DeclaredFunction;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.Node;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Code as a compiler sees it. What only some checks ask for is worked out at the first question, in
 * one pass over the nodes, and kept. Not thread-safe.
 */
public final class ReadCode {

    private final List<String> tokens;
    private final int syntaxErrors;
    private final int depth;
    private final @Nullable Language language;
    private final List<Node> nodes;
    private @Nullable List<DeclaredFunction> functions;
    private @Nullable Optional<Names> names;

    private ReadCode(
            List<String> tokens,
            int syntaxErrors,
            int depth,
            @Nullable Language language,
            List<Node> nodes) {
        this.tokens = List.copyOf(tokens);
        this.syntaxErrors = syntaxErrors;
        this.depth = depth;
        this.language = language;
        this.nodes = nodes;
    }

    /**
     * Code that was parsed.
     *
     * @param nodes all its nodes, parents before children
     */
    static ReadCode parsed(
            List<String> tokens, int syntaxErrors, int depth, Language language, List<Node> nodes) {
        return new ReadCode(tokens, syntaxErrors, depth, language, nodes);
    }

    /** Code of a language without a grammar, split into these tokens, comments included. */
    static ReadCode split(List<String> tokens) {
        return new ReadCode(tokens, 0, 0, null, List.of());
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

    /** False where there is no grammar for the language. */
    public boolean parsed() {
        return language != null;
    }

    /** Nodes from the root to the deepest token, both included; 0 where nothing was parsed. */
    public int depth() {
        return depth;
    }

    /** Its nodes, parents before children, the root first; none where nothing was parsed. */
    List<Node> nodes() {
        return nodes;
    }

    /** The functions that it declares; none where nothing was parsed. */
    public List<DeclaredFunction> functions() {
        if (functions == null) {
            functions = language == null ? List.of() : DeclaredFunction.in(language, nodes.get(0));
        }
        return functions;
    }

    /** What its names stand for; empty where nothing knows the language's rules. */
    Optional<Names> names() {
        if (names == null) {
            names =
                    language == null
                            ? Optional.empty()
                            : Naming.of(language).map(naming -> Names.of(naming, nodes));
        }
        return names;
    }
}
