package io.prefstream.jobs.common.syntax;

import io.prefstream.schemas.SnippetKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function, a class or a whole file, as it stands in a file.
 *
 * @param kind which of them
 * @param name the declared name, or the file's
 * @param signature the declaration without annotations, decorators and body, in one line; a file's
 *     name
 * @param docComment the documentation comment without comment markers, null where there is none; a
 *     file has none
 * @param text declaration and body without the documentation comment, moved to the left margin
 * @param startLine the line it begins on, counted from 1
 * @param enclosing the declarations it stands in, each in one line, outermost first
 * @param broken whether the parser had to guess anywhere in it
 */
public record CodePart(
        SnippetKind kind,
        String name,
        String signature,
        @Nullable String docComment,
        String text,
        int startLine,
        List<String> enclosing,
        boolean broken) {

    public CodePart {
        enclosing = List.copyOf(enclosing);
    }

    /** A whole file, under its name without the folders. */
    static CodePart file(String path, SyntaxTree tree) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return new CodePart(
                SnippetKind.FILE,
                name,
                name,
                null,
                tree.source().replace("\r\n", "\n"),
                1,
                List.of(),
                tree.hasErrors());
    }
}
