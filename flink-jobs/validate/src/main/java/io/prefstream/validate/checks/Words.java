package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.Outline;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The words of Java's and Python's code that are names, told from the tokens of code without syntax
 * errors, so that its tree needn't be asked for each. Whatever is in doubt is left to the tree.
 */
final class Words {

    /** What is never a name. */
    private static final Map<Language, Set<String>> RESERVED =
            Map.of(
                    Language.JAVA,
                    Set.of(
                            ("abstract assert boolean break byte case catch char class const"
                                 + " continue default do double else enum extends final finally"
                                 + " float for goto if implements import instanceof int interface"
                                 + " long native new package private protected public return short"
                                 + " static strictfp super switch synchronized this throw throws"
                                 + " transient try void volatile while true false null _")
                                    .split(" ")),
                    Language.PYTHON,
                    Set.of(
                            ("False None True and as assert async await break class continue def"
                                 + " del elif else except finally for from global if import in is"
                                 + " lambda nonlocal not or pass raise return try while with yield")
                                    .split(" ")));

    /** Reserved, and names to Python's grammar where they don't serve. */
    private static final Set<String> RESERVED_AT_TIMES = Set.of("async", "await");

    private static final Set<String> NAMES = Set.of("identifier", "type_identifier");

    private static final Map<Language, Set<String>> MEANT_BY_GRAMMAR =
            Map.of(
                    Language.JAVA, Language.JAVA.words(),
                    Language.PYTHON, Language.PYTHON.words());

    private Words() {}

    /**
     * Whether two texts are the same but for words that are names in both, and so have the same
     * tree but for what these nodes read. False where it isn't certain. Cost: one pass over both.
     *
     * @param tokens of the one text, which has no syntax errors, by {@link Lexer}
     * @param otherTokens of the other, by {@link Lexer}
     */
    static boolean differInNamesOnly(
            Language language,
            String text,
            List<String> tokens,
            String other,
            List<String> otherTokens) {
        if (tokens.size() != otherTokens.size()) {
            return false;
        }
        int renamed = 0;
        for (int i = 0; i < tokens.size(); i++) {
            if (!tokens.get(i).equals(otherTokens.get(i))) {
                if (!isName(language, tokens.get(i)) || !isName(language, otherTokens.get(i))) {
                    return false;
                }
                renamed++;
            }
        }
        return renamed == wordsThatDiffer(text, other);
    }

    /** How many words differ; -1 where anything else does. */
    private static int wordsThatDiffer(String text, String other) {
        int differ = 0;
        int i = 0;
        int j = 0;
        while (i < text.length() && j < other.length()) {
            int wordEnd = wordEnd(text, i);
            int otherEnd = wordEnd(other, j);
            if (wordEnd > i && otherEnd > j) {
                if (!text.regionMatches(i, other, j, Math.max(wordEnd - i, otherEnd - j))) {
                    differ++;
                }
                i = wordEnd;
                j = otherEnd;
            } else if (text.charAt(i++) != other.charAt(j++)) {
                return -1;
            }
        }
        return i == text.length() && j == other.length() ? differ : -1;
    }

    private static int wordEnd(String text, int start) {
        int end = start;
        while (end < text.length() && Lexer.isWordPart(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isName(Language language, String token) {
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
            if (!letter && (i == 0 || c < '0' || c > '9')) {
                return false;
            }
        }
        return !RESERVED.getOrDefault(language, Set.of()).contains(token)
                && !MEANT_BY_GRAMMAR.getOrDefault(language, Set.of()).contains(token);
    }

    /** A name's place in the grammar and its text. */
    record Name(Outline.Item item, String text) {}

    /**
     * What the names of an outline read: as many of its leaves are names as words of the code are,
     * in the same order. Empty where they aren't as many, as a word that has a meaning of its own
     * only at times does, and where strings hold code.
     *
     * @param tokens of the code, which has no syntax errors, by {@link Lexer}
     */
    static Optional<List<Name>> names(
            Language language, List<Outline.Item> outline, List<String> tokens) {
        Set<String> reserved = RESERVED.getOrDefault(language, Set.of());
        List<String> words = new ArrayList<>();
        Set<String> doubtful = new HashSet<>();
        for (String token : tokens) {
            if (language == Language.PYTHON && holdsCode(token)) {
                return Optional.empty();
            }
            if (!Character.isUnicodeIdentifierStart(token.charAt(0))
                    && token.charAt(0) != '_'
                    && token.charAt(0) != '$') {
                continue;
            }
            if (isString(token)) {
                continue;
            }
            if (!reserved.contains(token)) {
                words.add(token);
                if (MEANT_BY_GRAMMAR.getOrDefault(language, Set.of()).contains(token)) {
                    doubtful.add("");
                }
            } else if (RESERVED_AT_TIMES.contains(token)) {
                doubtful.add(token);
            }
        }
        List<Name> names = new ArrayList<>();
        for (Outline.Item item : outline) {
            if (item.leaf() && NAMES.contains(item.kind())) {
                if (names.size() == words.size()) {
                    return Optional.empty();
                }
                names.add(new Name(item, words.get(names.size())));
            }
        }
        boolean certain = names.size() == words.size() && doubtful.size() < 2;
        return certain ? Optional.of(names) : Optional.empty();
    }

    private static boolean isString(String token) {
        char last = token.charAt(token.length() - 1);
        return last == '"' || last == '\'';
    }

    /** Whether a token is a string of Python with expressions in it. */
    private static boolean holdsCode(String token) {
        return isString(token)
                && token.indexOf('{') > 0
                && token.substring(0, token.indexOf(token.charAt(token.length() - 1)))
                        .toLowerCase(Locale.ROOT)
                        .contains("f");
    }
}
