package io.prefstream.jobs.common.syntax;

import java.util.Arrays;
import java.util.List;

/** Line starts of a source text, and moving a part of it to the left margin. */
final class Lines {

    /** How strings over several lines begin, in one language or another. */
    private static final List<String> MULTI_LINE_STRINGS =
            List.of("\"\"\"", "'''", "`", "R\"", "r\"", "r#\"");

    private final String source;
    private final int[] starts;

    Lines(String source) {
        this.source = source;
        int[] found = new int[16];
        int count = 1;
        for (int i = 0; i < source.length(); i++) {
            if (source.charAt(i) == '\n') {
                if (count == found.length) {
                    found = Arrays.copyOf(found, 2 * count);
                }
                found[count++] = i + 1;
            }
        }
        this.starts = Arrays.copyOf(found, count);
    }

    String source() {
        return source;
    }

    /** The line of an offset, counted from 1. */
    int numberAt(int offset) {
        int at = Arrays.binarySearch(starts, offset);
        return at >= 0 ? at + 1 : -at - 1;
    }

    /**
     * The chars from start to end, the indentation of the declaration's line taken from each line.
     * Lines that begin inside a string literal stay as they are.
     */
    String dedent(Node declaration, int start, int end) {
        int first = numberAt(declaration.start());
        int indent = indentOf(source.substring(starts[first - 1], declaration.start()));
        boolean[] inString = linesThatBeginInAString(declaration);
        StringBuilder result = new StringBuilder(end - start);
        int line = numberAt(start);
        int at = start;
        while (at < end) {
            int lineEnd = line < starts.length ? Math.min(end, starts[line]) : end;
            int from = at;
            if (at == starts[line - 1] && !inString[line - first]) {
                int limit = Math.min(lineEnd, at + indent);
                while (from < limit && isIndent(source.charAt(from))) {
                    from++;
                }
            }
            result.append(source, from, lineEnd);
            at = lineEnd;
            line++;
        }
        return result.toString().replace("\r\n", "\n");
    }

    /** A Python function with its docstring left out, and the blank lines below it. */
    String dedentWithout(Node declaration, Node docstring) {
        int end = declaration.end();
        int lineStart = starts[numberAt(docstring.start()) - 1];
        int next = docstring.end();
        while (next < end && (isIndent(source.charAt(next)) || source.charAt(next) == ';')) {
            next++;
        }
        boolean ownLines =
                source.substring(lineStart, docstring.start()).isBlank()
                        && (source.charAt(next) == '\n' || source.charAt(next) == '\r');
        if (!ownLines) {
            // A statement or comment on the docstring's last line takes its place.
            return dedent(declaration, declaration.start(), docstring.start())
                    + dedent(declaration, next, end);
        }
        while (next < end && Character.isWhitespace(source.charAt(next))) {
            next++;
        }
        return dedent(declaration, declaration.start(), lineStart)
                + dedent(declaration, starts[numberAt(next) - 1], end);
    }

    /** How many spaces and tabs a line begins with. */
    static int indentOf(String line) {
        int indent = 0;
        while (indent < line.length() && isIndent(line.charAt(indent))) {
            indent++;
        }
        return indent;
    }

    private boolean[] linesThatBeginInAString(Node declaration) {
        int first = numberAt(declaration.start());
        boolean[] result = new boolean[numberAt(declaration.end()) - first + 1];
        String text = declaration.text();
        if (MULTI_LINE_STRINGS.stream().anyMatch(text::contains)) {
            for (Node node : declaration.preorder()) {
                if (node.is("string", "string_literal", "template_string", "raw_string_literal")) {
                    int last = numberAt(node.end());
                    for (int line = numberAt(node.start()) + 1; line <= last; line++) {
                        result[line - first] = true;
                    }
                }
            }
        }
        return result;
    }

    private static boolean isIndent(char c) {
        return c == ' ' || c == '\t';
    }
}
