package io.prefstream.ingest.redact;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replaces what its rules find by placeholders such as {@code <EMAIL>}; the same text gives the
 * same result everywhere.
 *
 * <p>One pass for the keywords, and a bounded look around each occurrence: the time is linear in
 * the text, whatever it is. Of findings that overlap the more certain one counts, then the longer.
 */
public final class Redactor {

    /** As much of a text as its sample is made of: more than a rejection keeps. */
    private static final int SAMPLE = 4_096;

    private static final Comparator<Finding> BY_CERTAINTY =
            Comparator.comparingInt(Finding::rank)
                    .thenComparingInt(finding -> finding.start() - finding.end())
                    .thenComparingInt(Finding::start);

    private final KeywordScanner<Finder> scanner;
    private final Set<String> kinds;

    Redactor(KeywordScanner<Finder> scanner, Set<String> kinds) {
        this.scanner = scanner;
        this.kinds = kinds;
    }

    /** The text without secrets. */
    public Redacted redact(String text) {
        List<Finding> found = new ArrayList<>();
        // Behind a private key nothing is asked before its end, or a file of beginnings of keys
        // would be read once for each of them.
        int[] passed = {0};
        scanner.scan(
                text,
                (start, end, finder) -> {
                    if (start < passed[0]) {
                        return;
                    }
                    Finding finding = finder.at(text, start, end);
                    if (finding != null && kinds.contains(finding.kind())) {
                        found.add(finding);
                        if (finder instanceof PrivateKeyFinder) {
                            passed[0] = finding.end();
                        }
                    }
                });
        if (found.isEmpty()) {
            return new Redacted(text, List.of());
        }
        List<Finding> chosen = withoutOverlaps(found);
        StringBuilder clean = new StringBuilder(text.length());
        List<String> replaced = new ArrayList<>();
        int at = 0;
        for (Finding finding : chosen) {
            clean.append(text, at, finding.start()).append('<').append(finding.kind()).append('>');
            replaced.add(finding.kind());
            at = finding.end();
        }
        return new Redacted(clean.append(text, at, text.length()).toString(), replaced);
    }

    /** The beginning of a text without secrets, to be shown; null for none. */
    public @Nullable String sample(@Nullable String text) {
        if (text == null) {
            return null;
        }
        if (text.length() <= SAMPLE) {
            return redact(text).text();
        }
        // A secret that the cut has halved is left out with everything behind the last line.
        int end = text.lastIndexOf('\n', SAMPLE);
        return redact(text.substring(0, end > SAMPLE / 2 ? end : SAMPLE / 2)).text();
    }

    /** In the order of the text; groups of overlapping ones are small. */
    private static List<Finding> withoutOverlaps(List<Finding> found) {
        found.sort(Comparator.comparingInt(Finding::start).thenComparing(BY_CERTAINTY));
        List<Finding> chosen = new ArrayList<>();
        for (Finding finding : found) {
            Finding last = chosen.isEmpty() ? null : chosen.get(chosen.size() - 1);
            if (last == null || finding.start() >= last.end()) {
                chosen.add(finding);
            } else if (BY_CERTAINTY.compare(finding, last) < 0) {
                // What the less certain one has beyond it is as secret.
                chosen.set(chosen.size() - 1, merged(finding, last));
            } else if (finding.end() > last.end()) {
                chosen.set(chosen.size() - 1, merged(last, finding));
            }
        }
        return chosen;
    }

    private static Finding merged(Finding kept, Finding other) {
        if (other.rank() == Finding.PERSONAL) {
            return kept;
        }
        return new Finding(
                kept.kind(),
                Math.min(kept.start(), other.start()),
                Math.max(kept.end(), other.end()),
                kept.rank());
    }
}
