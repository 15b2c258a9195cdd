package io.prefstream.ingest.filter;

import static io.prefstream.ingest.IngestReason.SNIPPET_UNPARSEABLE;
import static io.prefstream.ingest.IngestReason.TOO_LONG;
import static io.prefstream.ingest.IngestReason.TOO_SHORT;

import io.prefstream.ingest.IngestReason;
import io.prefstream.jobs.common.syntax.CodePart;
import io.prefstream.schemas.SnippetKind;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is cut out of a file, and the limits of a part, its documentation comment not counted.
 *
 * @param minLines fewest lines that aren't blank
 * @param maxChars most characters of each kind that is cut out; not empty
 */
public record PartLimits(int minLines, Map<SnippetKind, Integer> maxChars) implements Serializable {

    public PartLimits {
        maxChars = new EnumMap<>(maxChars);
    }

    /** What is cut out. */
    public Set<SnippetKind> kinds() {
        return maxChars.keySet();
    }

    /** The name of a kind in options and messages. */
    public static String name(SnippetKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** Why a part isn't taken; empty if it is. */
    public Optional<Refusal> refuse(CodePart part) {
        String kind = name(part.kind());
        if (part.broken()) {
            return refusal(SNIPPET_UNPARSEABLE, "the grammar finds errors in this %s", kind);
        }
        long lines = part.text().lines().filter(line -> !line.isBlank()).count();
        if (lines < minLines) {
            return refusal(
                    TOO_SHORT,
                    "%s of %d lines is below ingest.min-lines=%d",
                    kind,
                    lines,
                    minLines);
        }
        int most = maxChars.getOrDefault(part.kind(), 0);
        return part.text().length() <= most
                ? Optional.empty()
                : refusal(
                        TOO_LONG,
                        "%s of %,d characters exceeds ingest.max-%s-chars=%,d",
                        kind,
                        part.text().length(),
                        kind,
                        most);
    }

    private static Optional<Refusal> refusal(IngestReason reason, String detail, Object... values) {
        return Optional.of(new Refusal(reason, String.format(Locale.ROOT, detail, values)));
    }
}
