package io.prefstream.synthesize.kinds;

import io.prefstream.schemas.CodeClass;
import io.prefstream.schemas.CodeKind;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.SynthesizeReason;
import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;

/**
 * Who says what code is for, and how much of each kind is wanted: the paper's scripts take shares
 * of engineering and of non-engineering code (CodePMP, arXiv 2410.02229; how theirs were told apart
 * isn't said).
 *
 * @param by who says it
 * @param engineering share of the functions of engineering code that are wanted, in [0, 1]; which
 *     ones is decided by their ids
 * @param nonEngineering the same of the others
 */
public record KindSettings(By by, double engineering, double nonEngineering)
        implements Serializable {

    /** Nobody says it. */
    public static final KindSettings NONE = new KindSettings(By.NONE, 1, 1);

    /** Who says it. */
    public enum By {
        /** Nobody. */
        NONE,
        /** A rule over the syntax tree. */
        HEURISTIC,
        /** A model; the rule where its answer can't be read. */
        MODEL
    }

    /** Why a snippet of its kind isn't wanted; empty where it is. */
    public Optional<NoCandidate> unwanted(CodeSnippet snippet, CodeClass codeClass, long seed) {
        boolean first = codeClass.getKind() == CodeKind.ENGINEERING;
        double share = first ? engineering : nonEngineering;
        if (ContentId.fraction(snippet.getId(), "kind", Long.toString(seed)) < share) {
            return Optional.empty();
        }
        return Optional.of(
                new NoCandidate(
                        SynthesizeReason.KIND_NOT_WANTED,
                        "%s code (confidence %.2f by %s) is outside of %s=%s"
                                .formatted(
                                        codeClass
                                                .getKind()
                                                .name()
                                                .toLowerCase(Locale.ROOT)
                                                .replace('_', '-'),
                                        codeClass.getConfidence(),
                                        codeClass.getClassifier(),
                                        (first
                                                        ? KindOptions.ENGINEERING_SHARE
                                                        : KindOptions.NON_ENGINEERING_SHARE)
                                                .key(),
                                        share)));
    }
}
