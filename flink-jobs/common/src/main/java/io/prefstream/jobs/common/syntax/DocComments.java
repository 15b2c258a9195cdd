package io.prefstream.jobs.common.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Documentation comments without their markers. */
final class DocComments {

    private DocComments() {}

    /**
     * The Javadoc comment that ends right above an offset, ordinary comments in between skipped.
     */
    static @Nullable String javadocAbove(String source, int declarationStart) {
        int end = declarationStart;
        while (true) {
            while (end > 0 && Character.isWhitespace(source.charAt(end - 1))) {
                end--;
            }
            if (end > 0 && source.charAt(end - 1) == ']') {
                int attribute = source.lastIndexOf("#[", end);
                if (attribute < 0
                        || !source.substring(attribute, end)
                                .lines()
                                .skip(1)
                                .allMatch(String::isBlank)) {
                    return null;
                }
                end = attribute;
                continue;
            }
            if (source.startsWith("*/", end - 2)) {
                int start = source.lastIndexOf("/*", end - 3);
                if (start < 0) {
                    return null;
                }
                boolean doc = source.startsWith("/**", start) || source.startsWith("/*!", start);
                if (doc && end - start > 4) {
                    return cleanJavadoc(source.substring(start, end));
                }
                end = start;
                continue;
            }
            int lineStart = source.lastIndexOf('\n', end - 1) + 1;
            if (end > lineStart && source.substring(lineStart, end).strip().startsWith("//")) {
                end = lineStart;
                continue;
            }
            return null;
        }
    }

    /**
     * The comment lines that end right above an offset, attributes in between skipped, without
     * their markers; null if there are none.
     *
     * @param marker what such a line begins with
     */
    static @Nullable String linesAbove(String source, int declarationStart, String marker) {
        Deque<String> lines = new ArrayDeque<>();
        int end = source.lastIndexOf('\n', declarationStart - 1);
        while (end >= 0) {
            int start = source.lastIndexOf('\n', end - 1) + 1;
            String line = source.substring(start, end).strip();
            if (line.startsWith(marker)) {
                String rest = line.substring(marker.length());
                lines.addFirst(rest.startsWith(" ") ? rest.substring(1) : rest);
            } else if (!line.startsWith("#[") || !lines.isEmpty()) {
                break;
            }
            end = start - 1;
        }
        return blankToNull(String.join("\n", lines));
    }

    static @Nullable String cleanJavadoc(String comment) {
        String inner = comment.substring("/**".length(), comment.length() - "*/".length());
        List<String> lines = new ArrayList<>();
        for (String line : inner.split("\\R", -1)) {
            String stripped = line.stripLeading();
            int stars = 0;
            while (stars < stripped.length() && stripped.charAt(stars) == '*') {
                stars++;
            }
            String rest = stripped.substring(stars);
            lines.add((rest.startsWith(" ") ? rest.substring(1) : rest).stripTrailing());
        }
        return blankToNull(String.join("\n", lines));
    }

    /** The string of a statement that is nothing but a string; null otherwise. */
    static @Nullable Node docstring(Node statement) {
        if (!statement.is("expression_statement")) {
            return null;
        }
        List<Node> parts = statement.namedChildren();
        return parts.size() == 1 && parts.get(0).is("string") ? parts.get(0) : null;
    }

    /** Quotes removed, indentation of the lines after the first removed (as PEP 257 says). */
    static @Nullable String cleanDocstring(String literal) {
        int open = 0;
        while (open < literal.length() && Character.isLetter(literal.charAt(open))) {
            open++;
        }
        int quotes = literal.startsWith("\"\"\"", open) || literal.startsWith("'''", open) ? 3 : 1;
        if (literal.length() < open + 2 * quotes) {
            return null;
        }
        String inner = literal.substring(open + quotes, literal.length() - quotes);
        String[] lines = inner.split("\\R", -1);
        StringBuilder cleaned = new StringBuilder(lines[0].strip());
        int margin = Integer.MAX_VALUE;
        for (int i = 1; i < lines.length; i++) {
            if (!lines[i].isBlank()) {
                margin = Math.min(margin, Lines.indentOf(lines[i]));
            }
        }
        for (int i = 1; i < lines.length; i++) {
            cleaned.append('\n');
            if (!lines[i].isBlank()) {
                cleaned.append(lines[i].substring(margin).stripTrailing());
            }
        }
        return blankToNull(cleaned.toString());
    }

    private static @Nullable String blankToNull(String text) {
        String stripped = text.strip();
        return stripped.isEmpty() ? null : stripped;
    }
}
