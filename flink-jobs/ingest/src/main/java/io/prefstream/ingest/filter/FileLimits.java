package io.prefstream.ingest.filter;

import io.prefstream.jobs.common.syntax.Language;
import java.io.Serializable;
import java.util.EnumSet;
import java.util.Set;

/**
 * The limits of a file.
 *
 * @param languages languages that are taken
 * @param maxBytes most bytes of a file
 * @param maxLineChars longest line
 * @param maxMeanLineChars longest mean line
 * @param minWhitespaceFraction least share of white space
 * @param minAlphanumericFraction least share of letters and digits
 */
public record FileLimits(
        Set<Language> languages,
        long maxBytes,
        int maxLineChars,
        int maxMeanLineChars,
        double minWhitespaceFraction,
        double minAlphanumericFraction)
        implements Serializable {

    public FileLimits {
        if (languages.isEmpty()) {
            throw new IllegalArgumentException("no language to take");
        }
        languages = EnumSet.copyOf(languages);
    }
}
