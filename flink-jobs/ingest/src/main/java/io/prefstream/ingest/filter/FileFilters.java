package io.prefstream.ingest.filter;

import static io.prefstream.ingest.IngestReason.BINARY;
import static io.prefstream.ingest.IngestReason.EMPTY;
import static io.prefstream.ingest.IngestReason.FILE_TOO_LARGE;
import static io.prefstream.ingest.IngestReason.LANGUAGE_NOT_SUPPORTED;
import static io.prefstream.ingest.IngestReason.LINE_TOO_LONG;
import static io.prefstream.ingest.IngestReason.LOW_ALPHANUMERIC;
import static io.prefstream.ingest.IngestReason.MEAN_LINE_TOO_LONG;
import static io.prefstream.ingest.IngestReason.MINIFIED;
import static io.prefstream.ingest.IngestReason.NOT_UTF8;

import io.prefstream.ingest.IngestReason;
import io.prefstream.ingest.filter.FileLimits.Purpose;
import io.prefstream.jobs.common.syntax.Language;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * The filters of a file, in the order they are asked: by name, by size, by bytes, by text.
 *
 * <p>Line lengths and the share of letters and digits are the filters of BigCode's The Stack and
 * StarCoder (arXiv 2305.06161, section 3.1), with its limits as defaults. Each filter is one pass
 * over the file.
 */
public final class FileFilters {

    private static final byte NUL = 0;

    /** Below this a file is too small for its share of white space to say anything. */
    private static final int MIN_CHARS_FOR_SHARES = 200;

    private FileFilters() {}

    /** The chain with these limits. */
    public static FileFilter chain(FileLimits limits) {
        List<FileFilter> filters = new ArrayList<>();
        filters.add(language(limits.languages()));
        if (limits.dropped().contains(Purpose.VENDORED)) {
            filters.add(PathFilter.vendored());
        }
        if (limits.dropped().contains(Purpose.TEST_DATA)) {
            filters.add(PathFilter.testData());
        }
        filters.add(size(limits.maxBytes()));
        filters.add(binary());
        filters.add(utf8());
        filters.add(empty());
        if (limits.dropped().contains(Purpose.GENERATED)) {
            filters.add(new GeneratedFilter());
        }
        filters.add(lineLength(limits.maxLineChars()));
        filters.add(meanLineLength(limits.maxMeanLineChars()));
        filters.add(minified(limits.minWhitespaceFraction()));
        filters.add(alphanumeric(limits.minAlphanumericFraction()));
        return FileFilter.firstOf(filters);
    }

    /** By name; only of scripts without one and of ambiguous ones the text is asked. */
    static FileFilter language(Set<Language> languages) {
        return file -> {
            boolean script = Language.isUnnamed(file.path()) && file.startsWith("#!");
            boolean named = Language.ofPath(file.path()).isPresent();
            return (script || named) && isOneOf(languages, file)
                    ? Optional.empty()
                    : refusal(
                            LANGUAGE_NOT_SUPPORTED,
                            "file name %s is of none of ingest.languages=%s",
                            name(file),
                            codes(languages));
        };
    }

    private static boolean isOneOf(Set<Language> languages, CandidateFile file) {
        Language named = Language.ofPath(file.path()).orElse(null);
        if (named != null && named != Language.C && named != Language.TYPESCRIPT) {
            return languages.contains(named);
        }
        // A text that cannot be read is the UTF-8 filter's business.
        return file.text()
                .map(text -> Language.of(file.path(), text).filter(languages::contains).isPresent())
                .orElse(named != null);
    }

    static FileFilter size(long maxBytes) {
        return file ->
                file.size() <= maxBytes
                        ? Optional.empty()
                        : refusal(
                                FILE_TOO_LARGE,
                                "file of %,d bytes exceeds ingest.max-file-size=%,d bytes",
                                file.size(),
                                maxBytes);
    }

    static FileFilter binary() {
        return file ->
                file.contains(NUL)
                        ? refusal(BINARY, "file of %,d bytes holds NUL bytes", file.size())
                        : Optional.empty();
    }

    static FileFilter utf8() {
        return file ->
                file.text().isPresent()
                        ? Optional.empty()
                        : refusal(NOT_UTF8, "file of %,d bytes is no valid UTF-8", file.size());
    }

    static FileFilter empty() {
        return ofText(
                text ->
                        text.isBlank()
                                ? refusal(
                                        EMPTY, "file of %,d characters has no text", text.length())
                                : Optional.empty());
    }

    static FileFilter lineLength(int maxChars) {
        return ofText(
                text -> {
                    int longest = text.lines().mapToInt(String::length).max().orElse(0);
                    return longest <= maxChars
                            ? Optional.empty()
                            : refusal(
                                    LINE_TOO_LONG,
                                    "line of %,d characters exceeds ingest.max-line-chars=%,d",
                                    longest,
                                    maxChars);
                });
    }

    static FileFilter meanLineLength(int maxMeanChars) {
        return ofText(
                text -> {
                    double mean = text.lines().mapToInt(String::length).average().orElse(0);
                    return mean <= maxMeanChars
                            ? Optional.empty()
                            : refusal(
                                    MEAN_LINE_TOO_LONG,
                                    "lines of %.1f characters on average exceed"
                                            + " ingest.max-mean-line-chars=%,d",
                                    mean,
                                    maxMeanChars);
                });
    }

    static FileFilter minified(double minWhitespaceFraction) {
        return file -> {
            if (name(file).toLowerCase(Locale.ROOT).contains(".min.")) {
                return refusal(MINIFIED, "file name %s says minified", name(file));
            }
            return share(
                    file,
                    Character::isWhitespace,
                    minWhitespaceFraction,
                    MINIFIED,
                    "white space is %.3f of the characters, below"
                            + " ingest.min-whitespace-fraction=%s");
        };
    }

    static FileFilter alphanumeric(double minAlphanumericFraction) {
        return file ->
                share(
                        file,
                        Character::isLetterOrDigit,
                        minAlphanumericFraction,
                        LOW_ALPHANUMERIC,
                        "letters and digits are %.3f of the characters, below"
                                + " ingest.min-alphanumeric-fraction=%s");
    }

    private static Optional<Refusal> share(
            CandidateFile file,
            IntPredicate counted,
            double minimum,
            IngestReason reason,
            String detail) {
        String text = file.text().orElse("");
        if (text.length() < MIN_CHARS_FOR_SHARES) {
            return Optional.empty();
        }
        double share = (double) text.chars().filter(counted).count() / text.length();
        return share >= minimum ? Optional.empty() : refusal(reason, detail, share, minimum);
    }

    /** A decision about the text alone; a file without text is the UTF-8 filter's business. */
    private static FileFilter ofText(TextDecision decision) {
        return file -> file.text().flatMap(decision::refuse);
    }

    @FunctionalInterface
    private interface TextDecision {
        Optional<Refusal> refuse(String text);
    }

    private static Optional<Refusal> refusal(IngestReason reason, String detail, Object... values) {
        return Optional.of(new Refusal(reason, String.format(Locale.ROOT, detail, values)));
    }

    private static String name(CandidateFile file) {
        return file.path().substring(file.path().lastIndexOf('/') + 1);
    }

    private static String codes(Set<Language> languages) {
        return String.join(",", languages.stream().map(Language::code).sorted().toList());
    }
}
