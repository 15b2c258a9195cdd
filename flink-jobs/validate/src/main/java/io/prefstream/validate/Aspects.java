package io.prefstream.validate;

import io.prefstream.schemas.CandidatePair;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a pair is about, as tags to slice figures by: its language, strategy and edits. */
final class Aspects {

    private Aspects() {}

    /** The tags, each once: {@code language:java}, {@code strategy:mutation}, {@code edit:…}. */
    static List<String> of(CandidatePair pair) {
        Set<String> tags = new LinkedHashSet<>();
        tags.add("language:" + pair.getLanguage());
        tags.add("strategy:" + pair.getStrategy());
        for (String edit : pair.getEdits()) {
            tags.add("edit:" + operator(edit));
        }
        return new ArrayList<>(tags);
    }

    /** The operator's name: an edit may go on with where and what it changed. */
    private static String operator(String edit) {
        int end = 0;
        while (end < edit.length() && isNamePart(edit.charAt(end))) {
            end++;
        }
        return end == 0 ? edit : edit.substring(0, end);
    }

    private static boolean isNamePart(char c) {
        return c == '-' || c == '_' || Character.isLetterOrDigit(c);
    }
}
