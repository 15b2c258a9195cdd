package io.prefstream.ingest.redact;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A format that a provider gave its keys, as a pattern around a keyword of it.
 *
 * <p>The pattern is tried only at the keyword and reads at most {@value #LONGEST} characters; its
 * repetitions are bounded, so that a try costs a bounded time whatever the text is.
 */
final class FormatFinder implements Finder {

    private static final int LONGEST = 4_096;

    private final String kind;
    private final Pattern pattern;
    private final int leastBehind;
    private final int mostBehind;
    private final int rank;

    /**
     * @param pattern what is replaced, or in its first group
     * @param leastBehind characters of the pattern before the keyword, at least
     * @param mostBehind and at most
     */
    FormatFinder(String kind, Pattern pattern, int leastBehind, int mostBehind, int rank) {
        this.kind = kind;
        this.pattern = pattern;
        this.leastBehind = leastBehind;
        this.mostBehind = mostBehind;
        this.rank = rank;
    }

    @Override
    public @Nullable Finding at(String text, int start, int end) {
        for (int behind = leastBehind; behind <= mostBehind && behind <= start; behind++) {
            int from = start - behind;
            if (!Boundaries.before(text, from)) {
                continue;
            }
            Matcher matcher =
                    pattern.matcher(text)
                            .useTransparentBounds(true)
                            .useAnchoringBounds(false)
                            .region(from, Math.min(text.length(), from + LONGEST));
            if (matcher.lookingAt()) {
                int group = matcher.groupCount() > 0 && matcher.group(1) != null ? 1 : 0;
                return Plausibility.madeUp(matcher.group(group))
                        ? null
                        : new Finding(kind, matcher.start(group), matcher.end(group), rank);
            }
        }
        return null;
    }
}
