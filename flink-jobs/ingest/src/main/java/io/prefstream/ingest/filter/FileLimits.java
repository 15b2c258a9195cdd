package io.prefstream.ingest.filter;

import io.prefstream.jobs.common.syntax.Language;
import java.io.Serializable;
import java.util.Collections;
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
 * @param dropped kinds of files that are refused by what they are for
 */
public record FileLimits(
        Set<Language> languages,
        long maxBytes,
        int maxLineChars,
        int maxMeanLineChars,
        double minWhitespaceFraction,
        double minAlphanumericFraction,
        Set<Purpose> dropped)
        implements Serializable {

    public FileLimits {
        if (languages.isEmpty()) {
            throw new IllegalArgumentException("no language to take");
        }
        languages = EnumSet.copyOf(languages);
        dropped = dropped.isEmpty() ? Collections.emptySet() : EnumSet.copyOf(dropped);
    }

    /** What a file that nobody of the project wrote as code is for. */
    public enum Purpose {
        /** Written by a program. */
        GENERATED,
        /** A copy of another project's. */
        VENDORED,
        /** Read by tests. */
        TEST_DATA
    }
}
