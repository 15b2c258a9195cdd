package io.prefstream.jobs.common.syntax;

import org.treesitter.TSInputEdit;
import org.treesitter.TSPoint;

/** What turns one ASCII text into another, as the parser wants to be told: one range, replaced. */
final class TextChange {

    private TextChange() {}

    /** The range between the beginning and the end that both have in common. */
    static TSInputEdit between(String before, String after) {
        int shorter = Math.min(before.length(), after.length());
        int head = 0;
        while (head < shorter && before.charAt(head) == after.charAt(head)) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head
                && before.charAt(before.length() - 1 - tail)
                        == after.charAt(after.length() - 1 - tail)) {
            tail++;
        }
        int oldEnd = before.length() - tail;
        int newEnd = after.length() - tail;
        return new TSInputEdit(
                head,
                oldEnd,
                newEnd,
                pointAt(before, head),
                pointAt(before, oldEnd),
                pointAt(after, newEnd));
    }

    private static TSPoint pointAt(String text, int offset) {
        int row = 0;
        int lineStart = 0;
        for (int i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) {
            row++;
            lineStart = i + 1;
        }
        return new TSPoint(row, offset - lineStart);
    }
}
