package io.prefstream.jobs.common.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function or method as it stands in a file.
 *
 * @param name the declared name
 * @param signature the declaration without annotations, decorators and body, in one line
 * @param docComment the documentation comment without comment markers, null where there is none
 * @param text declaration and body without the documentation comment, moved to the left margin
 * @param startLine the line it begins on, counted from 1
 * @param enclosing the declarations it stands in, each in one line, outermost first
 */
public record FunctionSource(
        String name,
        String signature,
        @Nullable String docComment,
        String text,
        int startLine,
        List<String> enclosing) {

    public FunctionSource {
        enclosing = List.copyOf(enclosing);
    }
}
