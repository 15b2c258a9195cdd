package io.prefstream.ingest.redact;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds placeholders again in what was cut out of a redacted file. */
public final class Placeholders {

    private Placeholders() {}

    /**
     * The kinds of what was replaced in some texts, one for each.
     *
     * @param ofFile those of their file; most files have none, and then they aren't read
     */
    public static List<String> in(List<String> ofFile, @Nullable String... texts) {
        if (ofFile.isEmpty()) {
            return ofFile;
        }
        List<String> kinds = new ArrayList<>();
        for (String kind : new TreeSet<>(ofFile)) {
            String placeholder = "<" + kind + ">";
            int count = 0;
            for (String text : texts) {
                count += count(text, placeholder);
            }
            for (int i = 0; i < count; i++) {
                kinds.add(kind);
            }
        }
        return List.copyOf(kinds);
    }

    private static int count(@Nullable String text, String placeholder) {
        int count = 0;
        if (text != null) {
            for (int at = text.indexOf(placeholder);
                    at >= 0;
                    at = text.indexOf(placeholder, at + placeholder.length())) {
                count++;
            }
        }
        return count;
    }
}
