package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.List;
import java.util.Locale;

/** Calls that do nothing but refuse bad values, known by their names. */
final class Guards {

    private static final List<String> PREFIXES =
            List.of("check", "require", "validate", "verify", "ensure", "notnull", "assert");

    private Guards() {}

    /** Whether the statement is only such a call. */
    static boolean isCheck(Dialect dialect, Node statement) {
        if (!statement.is("expression_statement")) {
            return false;
        }
        List<Node> parts = statement.namedChildren();
        return parts.size() == 1
                && dialect.call(parts.get(0)).map(call -> isCheckName(call.name())).orElse(false);
    }

    private static boolean isCheckName(String name) {
        String bare = name.toLowerCase(Locale.ROOT).replace("_", "");
        return PREFIXES.stream().anyMatch(bare::startsWith);
    }
}
