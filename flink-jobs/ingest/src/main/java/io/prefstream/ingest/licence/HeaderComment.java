package io.prefstream.ingest.licence;

import java.util.regex.Pattern;

/**
 * The comments that a file begins with, in any of the languages whose comments look like those of
 * C, shell, SQL, Lisp, TeX, HTML or Python (whose first string is one too).
 *
 * <p>Ends where code does, except for the lines that stand above a licence now and then: {@code
 * #!}, {@code package}, {@code 'use strict'}, {@code <?php}.
 */
final class HeaderComment {

    private static final int LONGEST = 16_384;
    private static final String[] LINE_MARKS = {"//", "#", "--", ";", "%"};
    private static final String[][] BLOCK_MARKS = {
        {"/*", "*/"},
        {"<!--", "-->"},
        {"\"\"\"", "\"\"\""},
        {"'''", "'''"},
        {"{-", "-}"},
        {"(*", "*)"}
    };

    private static final Pattern PRELUDE =
            Pattern.compile("(package [\\w.]+;?|<\\?(php|xml).*|['\"]use \\w+['\"];?)\\s*");

    private HeaderComment() {}

    /** The comments' text with their marks; empty where the file begins with code. */
    static String of(String text) {
        String head = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
        int at = 0;
        while (true) {
            at = afterSpace(head, at);
            int end = endOfComment(head, at);
            if (end < 0 && PRELUDE.matcher(head.substring(at, endOfLine(head, at))).matches()) {
                end = endOfLine(head, at);
            }
            if (end <= at) {
                return head.substring(0, at);
            }
            at = end;
        }
    }

    private static int endOfComment(String head, int at) {
        for (String[] marks : BLOCK_MARKS) {
            if (head.startsWith(marks[0], at)) {
                int close = head.indexOf(marks[1], at + marks[0].length());
                return close < 0 ? head.length() : close + marks[1].length();
            }
        }
        for (String mark : LINE_MARKS) {
            if (head.startsWith(mark, at)) {
                return endOfLine(head, at);
            }
        }
        return -1;
    }

    private static int afterSpace(String head, int at) {
        int i = at;
        while (i < head.length() && Character.isWhitespace(head.charAt(i))) {
            i++;
        }
        return i;
    }

    private static int endOfLine(String head, int at) {
        int end = head.indexOf('\n', at);
        return end < 0 ? head.length() : end;
    }
}
