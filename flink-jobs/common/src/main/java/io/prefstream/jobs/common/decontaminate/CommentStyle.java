package io.prefstream.jobs.common.decontaminate;

/** How a family of languages writes comments, and code without them. */
public enum CommentStyle {
    /** {@code #} to the end of the line; text between triple quotes counts as a comment too. */
    HASH,
    /** {@code //} to the end of the line, and from slash-star to star-slash. */
    SLASH;

    /** The style of a language as records name it. */
    public static CommentStyle of(String language) {
        return language.equals("python") ? HASH : SLASH;
    }

    /** The text with a space in place of every comment. Strings stay; one pass. */
    public String strip(String text) {
        StringBuilder code = new StringBuilder(text.length());
        scan(text, code);
        return code.toString();
    }

    /** Characters (UTF-16 units) of the text that are in comments, their marks included. */
    public int commentChars(String text) {
        return scan(text, new StringBuilder(text.length()));
    }

    /** Appends the code to {@code code} and returns how much of the text is in comments. */
    private int scan(String text, StringBuilder code) {
        int comments = 0;
        int since = 0;
        int at = 0;
        while (at < text.length()) {
            int end = commentEnd(text, at);
            if (end > at) {
                code.append(text, since, at).append(' ');
                comments += end - at;
                at = end;
                since = end;
                continue;
            }
            char c = text.charAt(at);
            at = c == '"' || c == '\'' ? stringEnd(text, at) : at + 1;
        }
        code.append(text, since, at);
        return comments;
    }

    /** Where the comment that begins here ends; here where none begins. */
    private int commentEnd(String text, int at) {
        char c = text.charAt(at);
        if (this == HASH) {
            if (c == '#') {
                return lineEnd(text, at);
            }
            String quotes = c == '"' ? "\"\"\"" : "'''";
            return c == quotes.charAt(0) && text.startsWith(quotes, at)
                    ? after(text, quotes, at + quotes.length())
                    : at;
        }
        if (c != '/') {
            return at;
        }
        if (text.startsWith("//", at)) {
            return lineEnd(text, at);
        }
        return text.startsWith("/*", at) ? after(text, "*/", at + 2) : at;
    }

    /** Behind the closing quote, or the end of the line where it lacks. */
    private static int stringEnd(String text, int at) {
        char quote = text.charAt(at);
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == quote) {
                return i + 1;
            } else if (c == '\n') {
                return i;
            }
        }
        return text.length();
    }

    private static int lineEnd(String text, int at) {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }

    private static int after(String text, String mark, int from) {
        int found = text.indexOf(mark, from);
        return found < 0 ? text.length() : found + mark.length();
    }
}
