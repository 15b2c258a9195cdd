package io.prefstream.jobs.common.syntax;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The named nodes of a tree without errors, parents before children, and nothing of where they
 * stand in the text. Needs one native call, a tenth of what reading the nodes one by one costs.
 */
public final class Outline {

    /**
     * A named node.
     *
     * @param parent the nearest named node around it; null for the root
     * @param leaf whether no named node is below it
     */
    public record Item(String kind, @Nullable String field, @Nullable Item parent, boolean leaf)
            implements Placed {

        @Override
        public String toString() {
            return field == null ? kind : field + ": " + kind;
        }
    }

    /**
     * A function or method, as {@link DeclaredFunction} tells them.
     *
     * @param name the node of its name; null where it has none
     * @param parameters how many it declares
     */
    public record Function(@Nullable Item name, int parameters) {}

    private static final Set<String> FUNCTIONS =
            Set.of(
                    "method_declaration",
                    "constructor_declaration",
                    "compact_constructor_declaration",
                    "function_definition");

    private static final Set<String> NO_PARAMETERS =
            Set.of(
                    "keyword_separator",
                    "positional_separator",
                    "receiver_parameter",
                    "comment",
                    "line_comment",
                    "block_comment");

    private Outline() {}

    /**
     * The functions of a file or fragment of Java or Python in source order, one inside another
     * left out. Empty where decorators stand around one.
     */
    @SuppressWarnings("ReferenceEquality") // two nodes that say the same are two
    public static Optional<List<Function>> functions(Language language, List<Item> outline) {
        Set<String> containers = Grammar.of(language).containers();
        Set<Item> open = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Function> functions = new ArrayList<>();
        Item function = null;
        for (Item item : outline) {
            Item parent = item.parent();
            if (parent == null || open.contains(parent)) {
                if (item.kind().equals("decorated_definition")) {
                    return Optional.empty();
                }
                if (FUNCTIONS.contains(item.kind())) {
                    function = item;
                    functions.add(new Function(null, 0));
                } else if (containers.contains(item.kind())) {
                    open.add(item);
                }
            } else if (function != null) {
                int last = functions.size() - 1;
                Function known = functions.get(last);
                if (parent == function && "name".equals(item.field())) {
                    functions.set(last, new Function(item, known.parameters()));
                } else if (parent.parent() == function
                        && "parameters".equals(parent.field())
                        && !NO_PARAMETERS.contains(item.kind())) {
                    functions.set(last, new Function(known.name(), known.parameters() + 1));
                }
            }
        }
        return Optional.of(functions);
    }

    /**
     * Reads tree-sitter's S-expression.
     *
     * @param expression as of {@code ts_node_string}, such as {@code (call name: (identifier))}
     */
    static List<Item> of(String expression) {
        List<Item> items = new ArrayList<>();
        Item parent = null;
        String field = null;
        int at = 0;
        while (at < expression.length()) {
            switch (expression.charAt(at)) {
                case ' ' -> at++;
                case ')' -> {
                    parent = parent == null ? null : parent.parent();
                    at++;
                }
                case '(' -> {
                    int end = at + 1;
                    while (expression.charAt(end) != ' ' && expression.charAt(end) != ')') {
                        end++;
                    }
                    parent =
                            new Item(
                                    expression.substring(at + 1, end),
                                    field,
                                    parent,
                                    expression.charAt(end) == ')');
                    items.add(parent);
                    field = null;
                    at = end;
                }
                default -> {
                    int end = expression.indexOf(':', at);
                    field = expression.substring(at, end);
                    at = end + 1;
                }
            }
        }
        return items;
    }
}
