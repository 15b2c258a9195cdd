package io.prefstream.jobs.common.syntax;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.treesitter.TSLanguage;
import org.treesitter.TSSymbolType;

/**
 * A grammar's kinds and fields by their numbers, read once: asking each node for the name of its
 * kind makes a new string each time.
 */
final class Symbols {

    private static final Pattern WORD = Pattern.compile("\\w+");

    private final String[] kinds;
    private final boolean[] named;
    private final @Nullable String[] fields;

    Symbols(TSLanguage language) {
        kinds = new String[language.symbolCount()];
        named = new boolean[kinds.length];
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = language.symbolName(i);
            named[i] = language.symbolType(i) == TSSymbolType.TSSymbolTypeRegular;
        }
        fields = new String[language.fieldCount() + 1];
        for (int i = 1; i < fields.length; i++) {
            fields[i] = language.fieldNameForId(i);
        }
    }

    /** Words that have a meaning of their own somewhere in the grammar. */
    Set<String> words() {
        Set<String> words = new HashSet<>();
        for (int i = 0; i < kinds.length; i++) {
            if (!named[i] && WORD.matcher(kinds[i]).matches()) {
                words.add(kinds[i]);
            }
        }
        return words;
    }

    /** A number beyond the grammar's is the parser's own, for what it could not place. */
    String kind(int symbol) {
        return symbol < kinds.length ? kinds[symbol] : "ERROR";
    }

    boolean isNamed(int symbol) {
        return symbol >= kinds.length || named[symbol];
    }

    /** Null for 0, which says that there is none. */
    @Nullable String field(int id) {
        return fields[id];
    }
}
