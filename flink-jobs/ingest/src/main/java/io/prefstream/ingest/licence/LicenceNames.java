package io.prefstream.ingest.licence;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Licences as people name them: "Apache License, Version 2.0", "The MIT License", a licence's web
 * address.
 *
 * <p>Two names are the same if they are without words such as <i>the</i>, <i>license</i> and
 * <i>version</i>. The names are SPDX's own and those of the table {@code names.tsv} beside this
 * class. A name that leaves the licence open ("BSD", "GPL") becomes a {@code LicenseRef-…}, which
 * the default allow-list doesn't have.
 */
final class LicenceNames {

    private static final Set<String> FILLERS =
            Set.of("the", "a", "an", "license", "licenses", "version", "v", "ver", "software", "s");

    private static final Pattern VERSION_WORD = Pattern.compile("v(\\d+)");

    /** What stands before the name of a licence in prose. */
    private static final Pattern NOTICE =
            Pattern.compile(
                    "(?:(?:licen[sc]ed|released|distributed|available|redistributed)\\W++(?:\\w++\\W++){0,4}?under|under(?=\\W+the\\W+terms)|(?:^|[\\s*#@/])licen[sc]e\\s*:)(?:\\W+the\\W+terms\\W+(?:and\\W+conditions\\W+)?of)?\\W+([^\\n"
                        + "]{1,100}(?:\\n"
                        + "[^\\n"
                        + "]{0,100})?)",
                    Pattern.CASE_INSENSITIVE);

    private static final int MOST_WORDS = 14;
    private static final int LONGEST_NAME = 500;

    private static final class Holder {
        static final LicenceNames NAMES = read();
    }

    private final Map<String, SpdxExpression> byKey;

    private LicenceNames(Map<String, SpdxExpression> byKey) {
        this.byKey = byKey;
    }

    /** The table; immutable, read once for the process. */
    static LicenceNames get() {
        return Holder.NAMES;
    }

    /** The licence that a whole text names or, as an SPDX expression, is. */
    Optional<SpdxExpression> named(String text) {
        String stripped = text.strip();
        if (stripped.length() > LONGEST_NAME) {
            return Optional.empty();
        }
        Optional<SpdxExpression> expression = SpdxExpression.parse(stripped);
        if (expression.isPresent()) {
            return expression;
        }
        Optional<SpdxExpression> whole = Optional.ofNullable(byKey.get(key(words(stripped))));
        return whole.isPresent() ? whole : listed(stripped);
    }

    /** Several names, where the text lists them: a choice, as Maven and Cargo mean it. */
    private Optional<SpdxExpression> listed(String text) {
        String[] parts = text.split("\\s*[;|\\n]\\s*|\\s+(?:or|OR)\\s+|\\s*/\\s*(?=[A-Z])", -1);
        if (parts.length < 2) {
            return Optional.empty();
        }
        List<SpdxExpression> found = new ArrayList<>();
        for (String part : parts) {
            if (part.isBlank()) {
                continue;
            }
            Optional<SpdxExpression> licence = named(part);
            if (licence.isEmpty()) {
                return Optional.empty();
            }
            found.add(licence.get());
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(SpdxExpression.or(found));
    }

    /** The licence that a notice in prose names: "Released under the MIT licence." */
    Optional<SpdxExpression> inNotice(String text) {
        Matcher notice = NOTICE.matcher(text);
        while (notice.find()) {
            List<String> words = words(notice.group(1));
            for (int length = Math.min(MOST_WORDS, words.size()); length > 0; length--) {
                SpdxExpression licence = byKey.get(key(words.subList(0, length)));
                if (licence != null) {
                    return Optional.of(licence);
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> words(String name) {
        return LicenceWords.of(name.replace('_', ' '));
    }

    private static String key(List<String> words) {
        StringBuilder key = new StringBuilder();
        for (String word : words) {
            if (!FILLERS.contains(word)) {
                Matcher version = VERSION_WORD.matcher(word);
                key.append(version.matches() ? version.group(1) : word).append(' ');
            }
        }
        return key.toString();
    }

    private static LicenceNames read() {
        Map<String, SpdxExpression> byKey = new HashMap<>();
        SpdxList.get()
                .names()
                .forEach(
                        (id, name) -> {
                            SpdxExpression licence = SpdxList.get().licence(id).orElseThrow();
                            byKey.put(key(words(name)), licence);
                            byKey.put(key(words(id)), licence);
                        });
        try (InputStream resource =
                        Objects.requireNonNull(
                                LicenceNames.class.getResourceAsStream("names.tsv"), "names.tsv");
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("#")) {
                    continue;
                }
                String[] cells = line.split("\t", -1);
                byKey.put(key(words(cells[1])), SpdxExpression.parse(cells[0]).orElseThrow());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("names.tsv is damaged", e);
        }
        byKey.remove("");
        return new LicenceNames(Map.copyOf(byKey));
    }
}
