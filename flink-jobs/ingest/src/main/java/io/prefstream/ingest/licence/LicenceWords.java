package io.prefstream.ingest.licence;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A text as the words by which licences are compared, after SPDX's matching guidelines
 * (specification 2.3, annex B): case, white space, punctuation, comment markers, list bullets and
 * copyright lines don't count, and neither do spellings such as licence and license.
 */
final class LicenceWords {

    private static final Pattern COPYRIGHT_LINE =
            Pattern.compile(
                    "^\\W*(©|\\(c\\)|copyright\\s*(©|\\(c\\)|\\(r\\)|[:<\\[{,]|\\d{4}|the\\b|by\\b)).*",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern BULLET =
            Pattern.compile("^\\W*(\\d{1,2}|[a-z]|[ivx]{1,4})[.)]\\s+", Pattern.CASE_INSENSITIVE);

    private static final Pattern RIGHTS =
            Pattern.compile("\\ball rights reserved\\b", Pattern.CASE_INSENSITIVE);

    private LicenceWords() {}

    /** The words of a text, in lower case. */
    static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        text.lines()
                .filter(line -> !COPYRIGHT_LINE.matcher(line).matches())
                .map(line -> BULLET.matcher(line).replaceFirst(""))
                .map(line -> RIGHTS.matcher(line).replaceAll(""))
                .forEach(line -> addWords(line, words));
        return words;
    }

    private static void addWords(String line, List<String> words) {
        String lower = line.toLowerCase(Locale.ROOT);
        int start = -1;
        for (int i = 0; i <= lower.length(); i++) {
            boolean inside = i < lower.length() && Character.isLetterOrDigit(lower.charAt(i));
            if (inside && start < 0) {
                start = i;
            } else if (!inside && start >= 0) {
                words.add(spelling(lower.substring(start, i)));
                start = -1;
            }
        }
    }

    private static String spelling(String word) {
        return switch (word) {
            case "licence" -> "license";
            case "licenced" -> "licensed";
            case "licences" -> "licenses";
            case "sublicence" -> "sublicense";
            case "https" -> "http";
            case "organisation" -> "organization";
            default -> word;
        };
    }
}
