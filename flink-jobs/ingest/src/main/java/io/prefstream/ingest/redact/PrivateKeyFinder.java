package io.prefstream.ingest.redact;

import org.jspecify.annotations.Nullable;

/**
 * Private keys in armour: PEM, OpenSSH and PGP, over lines of a string, of a comment or of strings
 * that are added up. What is replaced begins and ends inside of a string or comment, so that the
 * code around it stays whole.
 *
 * <p>Ends at the first character that no such key has; a key without its last line is one too. The
 * marks alone, as readers of such files have them, are none.
 */
final class PrivateKeyFinder implements Finder {

    private static final String MARK_END = "PRIVATE KEY";
    private static final int LONGEST_MARK = 60;
    private static final int LONGEST = 20_000;

    /** A line of base64 in a key. */
    private static final int LEAST_RUN = 30;

    @Override
    public @Nullable Finding at(String text, int start, int end) {
        int markEnd = endOfMark(text, end);
        if (markEnd < 0) {
            return null;
        }
        String mark = text.substring(start, markEnd);
        String kind =
                mark.contains("OPENSSH")
                        ? "OPENSSH_PRIVATE_KEY"
                        : mark.contains("PGP") ? "PGP_PRIVATE_KEY" : "PEM_PRIVATE_KEY";
        int last = markEnd;
        int run = 0;
        int longestRun = 0;
        int limit = Math.min(text.length(), markEnd + LONGEST);
        int i = markEnd;
        for (; i < limit; i++) {
            char c = text.charAt(i);
            if (text.startsWith("-----", i)) {
                break;
            }
            if (Boundaries.isEscape(text, i) || c == '\\') {
                run = 0;
            } else if (isBase64(c)) {
                run++;
                longestRun = Math.max(longestRun, run);
                if (run >= 4) {
                    last = i + 1;
                }
            } else if (Character.isWhitespace(c) || "\"'`,.:;*#-()@!>".indexOf(c) >= 0) {
                run = 0;
            } else {
                break;
            }
        }
        if (longestRun < LEAST_RUN) {
            return null;
        }
        if (text.startsWith("-----END", i)) {
            int closing = endOfMark(text, i + "-----END".length());
            if (closing > 0) {
                last = closing;
            }
        }
        return new Finding(kind, start, last, Finding.PROVIDER);
    }

    /**
     * Behind {@code … PRIVATE KEY-----} or {@code … PRIVATE KEY BLOCK-----}; -1 if it isn't one.
     */
    private static int endOfMark(String text, int from) {
        String head = text.substring(from, Math.min(text.length(), from + LONGEST_MARK));
        int close = head.indexOf("-----");
        return close > 0 && head.substring(0, close).contains(MARK_END)
                ? from + close + "-----".length()
                : -1;
    }

    private static boolean isBase64(char c) {
        return Boundaries.isWord(c) && c != '_' || c == '+' || c == '/' || c == '=';
    }
}
