package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.Language;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Cuts code that is known to parse into tokens, without its tree: asking the native tree for its
 * leaves costs more than the parse.
 *
 * <p>The tokens are those of {@link CodeReader}, but that Java's shift operators are several and
 * that each of several strings in a row is one. Java and Python only. Cost: one pass over the text.
 */
final class Lexer {

    private static final Set<String> OPERATORS =
            Set.of(
                    ("... -> :: := ++ -- && || == != <= >= += -= *= /= %= &= |= ^= @= <<= << ** **="
                                    + " // //=")
                            .split(" "));

    private static final int LONGEST_OPERATOR = 3;

    /** What begins a statement that has a block. */
    private static final Set<String> COMPOUND =
            Set.of(
                    ("if elif else for while try except finally with def class async match case")
                            .split(" "));

    private final String text;
    private final boolean python;
    private final List<String> tokens = new ArrayList<>();

    private int at;
    private int brackets;

    /** Columns of the open blocks of Python, the innermost last. */
    private final List<Integer> columns = new ArrayList<>(List.of(0));

    /** Whether the next token is the first of its logical line. */
    private boolean lineBegins = true;

    /** Whether the logical line is a compound statement whose colon is still to come. */
    private boolean colonComes;

    /** Whether a block was opened, and is to be closed, on this logical line. */
    private boolean blockOnLine;

    /** Whether the line's colon was its last token so far. */
    private boolean colonWasLast;

    private int lambdas;

    private Lexer(String text, boolean python) {
        this.text = text;
        this.python = python;
    }

    /**
     * The tokens; empty for other languages, and where brackets close that were never opened, as
     * then the text isn't what the parser took for the fragment.
     */
    static Optional<List<String>> tokens(Language language, String text) {
        if (language != Language.JAVA && language != Language.PYTHON) {
            return Optional.empty();
        }
        Lexer lexer = new Lexer(text, language == Language.PYTHON);
        return lexer.run() ? Optional.of(lexer.tokens) : Optional.empty();
    }

    private boolean run() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n') {
                at++;
                endLine();
            } else if (Character.isWhitespace(c)) {
                at++;
            } else if (python && text.startsWith("\\\n", at)) {
                at += 2;
            } else if (isComment()) {
                skipComment();
            } else {
                next();
                if (brackets < 0) {
                    return false;
                }
            }
        }
        endLine();
        while (columns.size() > 1) {
            columns.remove(columns.size() - 1);
            tokens.add(CodeReader.BLOCK_END);
        }
        return true;
    }

    private boolean isComment() {
        return python ? text.charAt(at) == '#' : text.startsWith("//", at) || isBlockComment();
    }

    private boolean isBlockComment() {
        return text.startsWith("/*", at);
    }

    private void skipComment() {
        boolean block = !python && isBlockComment();
        int end = block ? text.indexOf("*/", at + 2) : text.indexOf('\n', at);
        at = end < 0 ? text.length() : block ? end + 2 : end;
    }

    private void next() {
        int start = at;
        if (lineBegins) {
            beginLine();
        }
        char c = text.charAt(at);
        if (isQuote(c)) {
            skipString();
        } else if (isWordPart(c)) {
            skipWord();
            if (python && at < text.length() && isQuote(text.charAt(at)) && isPrefix(start)) {
                skipString();
            }
        } else if (c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1))) {
            skipWord();
        } else {
            skipOperator(c);
        }
        add(text.substring(start, at));
    }

    private void add(String token) {
        if (python && brackets == 0) {
            if (colonWasLast) {
                tokens.add(CodeReader.BLOCK_BEGIN);
                blockOnLine = true;
                colonWasLast = false;
            }
            if (token.equals("lambda")) {
                lambdas++;
            } else if (token.equals(":") && lambdas > 0) {
                lambdas--;
            } else if (token.equals(":") && colonComes) {
                colonComes = false;
                colonWasLast = true;
            }
        }
        tokens.add(token);
    }

    /** A new logical line of Python: blocks begin and end by its column. */
    private void beginLine() {
        lineBegins = false;
        if (!python) {
            return;
        }
        int column = column();
        while (column < columns.get(columns.size() - 1)) {
            columns.remove(columns.size() - 1);
            tokens.add(CodeReader.BLOCK_END);
        }
        if (column > columns.get(columns.size() - 1)) {
            columns.add(column);
            tokens.add(CodeReader.BLOCK_BEGIN);
        }
        int end = at;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        colonComes = COMPOUND.contains(text.substring(at, end));
    }

    private int column() {
        int column = 0;
        for (int i = text.lastIndexOf('\n', at - 1) + 1; i < at; i++) {
            column = text.charAt(i) == '\t' ? (column / 8 + 1) * 8 : column + 1;
        }
        return column;
    }

    private void endLine() {
        if (brackets > 0 || lineBegins) {
            return;
        }
        if (blockOnLine) {
            tokens.add(CodeReader.BLOCK_END);
        }
        blockOnLine = false;
        colonWasLast = false;
        colonComes = false;
        lambdas = 0;
        lineBegins = true;
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\'';
    }

    private boolean isPrefix(int start) {
        for (int i = start; i < at; i++) {
            if ("rRbBuUfF".indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return at - start <= 2;
    }

    private void skipString() {
        char quote = text.charAt(at);
        String three = String.valueOf(quote).repeat(3);
        boolean isLong = (python || quote == '"') && text.startsWith(three, at);
        at += isLong ? 3 : 1;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\\') {
                at += 2;
            } else if (c == quote && (!isLong || text.startsWith(three, at))) {
                at += isLong ? 3 : 1;
                return;
            } else {
                at++;
            }
        }
        at = Math.min(at, text.length());
    }

    /** A name or a number. */
    private void skipWord() {
        boolean number = isDigit(text.charAt(at)) || text.charAt(at) == '.';
        boolean hexadecimal = text.startsWith("0x", at) || text.startsWith("0X", at);
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean sign =
                    number
                            && (c == '+' || c == '-')
                            && (hexadecimal ? "pP" : "eE").indexOf(text.charAt(at - 1)) >= 0;
            if (!isWordPart(c) && !(number && c == '.') && !sign) {
                return;
            }
            at++;
        }
    }

    private void skipOperator(char c) {
        if ("([{".indexOf(c) >= 0) {
            brackets++;
        } else if (")]}".indexOf(c) >= 0) {
            brackets--;
        }
        for (int length = LONGEST_OPERATOR; length > 1; length--) {
            if (at + length <= text.length()
                    && OPERATORS.contains(text.substring(at, at + length))) {
                at += length;
                return;
            }
        }
        at++;
    }

    static boolean isWordPart(char c) {
        return Character.isUnicodeIdentifierPart(c)
                || c == '$'
                || c == '_'
                || Character.isSurrogate(c);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
