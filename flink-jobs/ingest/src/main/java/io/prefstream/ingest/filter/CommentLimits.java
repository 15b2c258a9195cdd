package io.prefstream.ingest.filter;

import static io.prefstream.ingest.IngestReason.COMMENTS_TOO_FEW;
import static io.prefstream.ingest.IngestReason.COMMENTS_TOO_MANY;

import io.prefstream.ingest.IngestReason;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.io.Serializable;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The limits of the share of comments and docstrings in a file's characters, asked from its syntax
 * tree.
 *
 * <p>SantaCoder (arXiv 2301.03988, section 4.2) took files from 0.01 to 0.8, in Python, Java and
 * JavaScript.
 *
 * @param minFraction least share
 * @param maxFraction greatest share
 * @param languages languages that the limits are for
 */
public record CommentLimits(double minFraction, double maxFraction, Set<Language> languages)
        implements Serializable {

    public CommentLimits {
        languages = languages.isEmpty() ? Collections.emptySet() : EnumSet.copyOf(languages);
    }

    /** Why a file isn't taken; empty if it is. Cost: one native walk over the tree. */
    public Optional<Refusal> refuse(SyntaxTree tree) {
        boolean asked = minFraction > 0 || maxFraction < 1;
        int chars = tree.source().length();
        if (!asked || chars == 0 || !languages.contains(tree.language())) {
            return Optional.empty();
        }
        double share = (double) tree.commentChars() / chars;
        if (share < minFraction) {
            return refusal(COMMENTS_TOO_FEW, share, "below", "min", minFraction);
        }
        return share <= maxFraction
                ? Optional.empty()
                : refusal(COMMENTS_TOO_MANY, share, "above", "max", maxFraction);
    }

    private static Optional<Refusal> refusal(
            IngestReason reason, double share, String where, String end, double limit) {
        return Optional.of(
                new Refusal(
                        reason,
                        String.format(
                                Locale.ROOT,
                                "comments are %.3f of the characters, %s"
                                        + " ingest.%s-comment-fraction=%s",
                                share,
                                where,
                                end,
                                limit)));
    }
}
