package io.prefstream.trainer.export;

import io.prefstream.schemas.OptOuts;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Split;
import java.time.Instant;
import java.util.Optional;

/** Which pairs a request is about. */
final class Selection {

    private final ExportRequest request;

    Selection(ExportRequest request) {
        this.request = request;
    }

    /** Why the pair is left out for what it is; nothing for one that is wanted. */
    Optional<Omission> omission(PreferencePair pair) {
        if (pair.getSplit() == Split.UNKNOWN) {
            return Optional.of(Omission.UNKNOWN_SPLIT);
        }
        if (!request.splits().contains(pair.getSplit())) {
            return Optional.of(Omission.OTHER_SPLIT);
        }
        if (outsideWindow(pair.getPublishedAt())) {
            return Optional.of(Omission.OUTSIDE_WINDOW);
        }
        if (!request.languages().isEmpty()
                && !request.languages().contains(pair.getCandidate().getLanguage())) {
            return Optional.of(Omission.OTHER_LANGUAGE);
        }
        return pair.getConfidence() >= request.minConfidence()
                ? Optional.empty()
                : Optional.of(Omission.LOW_CONFIDENCE);
    }

    /** Whether an opt-out covers the pair. */
    static boolean optedOut(PreferencePair pair, OptOuts optOuts) {
        return optOuts.covering(pair.getCandidate().getRepository(), pair.getCandidate().getPath())
                .isPresent();
    }

    private boolean outsideWindow(Instant publishedAt) {
        return (request.since() != null && publishedAt.isBefore(request.since()))
                || (request.until() != null && !publishedAt.isBefore(request.until()));
    }
}
