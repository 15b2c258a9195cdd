package io.prefstream.ingest.redact;

/** Where words begin and end in code, where {@code \n} before a word isn't part of it. */
final class Boundaries {

    private Boundaries() {}

    /** Whether a word may begin here. */
    static boolean before(String text, int at) {
        if (at == 0 || !isWord(text.charAt(at - 1)) || !isWord(text.charAt(at))) {
            return true;
        }
        return isEscape(text, at - 1);
    }

    /** Whether a word may end here. */
    static boolean after(String text, int at) {
        return at >= text.length() || !isWord(text.charAt(at));
    }

    /** Whether the letter here belongs to an escape such as {@code \n}. */
    static boolean isEscape(String text, int at) {
        char c = text.charAt(at);
        return at > 0 && text.charAt(at - 1) == '\\' && (c == 'n' || c == 'r' || c == 't');
    }

    static boolean isWord(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_';
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    static boolean isHex(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}
