package io.prefstream.jobs.common.syntax;

import java.util.ArrayList;
import java.util.List;

/** Declarations in one line: no annotations of the declaration itself, no comments, no body. */
final class Signatures {

    private Signatures() {}

    static String java(Node declaration) {
        StringBuilder line = new StringBuilder();
        int last = -1;
        for (Node child : declaration.children()) {
            if ("body".equals(child.field())) {
                break;
            }
            if (child.is("modifiers")) {
                for (Node modifier : child.children()) {
                    if (!modifier.isComment() && !modifier.is("annotation", "marker_annotation")) {
                        append(line, modifier.text(), true);
                    }
                }
                last = -1;
            } else if (!child.isComment()) {
                append(line, withoutComments(child), child.start() != last);
                last = child.end();
            }
        }
        return normalise(line);
    }

    static String python(Node definition, Node body) {
        StringBuilder line = new StringBuilder();
        int last = -1;
        for (Node child : definition.children()) {
            if (child.start() >= body.start() || child.is(":")) {
                break;
            }
            if (!child.isComment()) {
                append(line, withoutComments(child), child.start() != last);
                last = child.end();
            }
        }
        return normalise(line);
    }

    /** What stands before the body, without comments, line breaks and what announces the body. */
    static String before(Node declaration, Node body) {
        StringBuilder line = new StringBuilder();
        int from = declaration.start();
        List<Node> comments = new ArrayList<>();
        commentsBefore(declaration, body.start(), comments);
        String text = declaration.text();
        for (Node comment : comments) {
            line.append(text, from - declaration.start(), comment.start() - declaration.start());
            line.append(' ');
            from = comment.end();
        }
        line.append(text, from - declaration.start(), body.start() - declaration.start());
        return normalise(line).replaceAll("\\s*(=>|\\{|:)$", "");
    }

    private static void commentsBefore(Node node, int limit, List<Node> into) {
        for (Node child : node.children()) {
            if (child.start() >= limit) {
                return;
            }
            if (child.isComment()) {
                into.add(child);
            } else {
                commentsBefore(child, limit, into);
            }
        }
    }

    private static void append(StringBuilder line, String text, boolean space) {
        if (space && line.length() > 0) {
            line.append(' ');
        }
        line.append(text);
    }

    private static String withoutComments(Node node) {
        StringBuilder text = new StringBuilder(node.text());
        var below = node.preorder();
        for (int i = below.size() - 1; i >= 0; i--) {
            Node comment = below.get(i);
            if (comment.isComment()) {
                text.replace(comment.start() - node.start(), comment.end() - node.start(), " ");
            }
        }
        return text.toString();
    }

    private static String normalise(CharSequence text) {
        return text.toString()
                .replaceAll("\\s+", " ")
                .replaceAll("([(\\[]) ", "$1")
                .replaceAll(" ([)\\],])", "$1")
                .strip();
    }
}
