package io.prefstream.validate;

import io.prefstream.jobs.common.Reason;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.validate.checks.ValidateReason;
import org.jspecify.annotations.Nullable;

/** The rejections of this stage. */
final class Refusals {

    private static final Rejections REJECTIONS =
            new Rejections(ValidatePipeline.STAGE, ValidatePipeline.PRODUCER);

    private Refusals() {}

    /** With the candidate's rejected side as a sample. */
    static Rejection of(CandidatePair candidate, ValidateReason reason, String detail) {
        return of(candidate, reason, detail, candidate.getRejected().getText());
    }

    /** With a sample of one's own, or none. */
    static Rejection of(
            CandidatePair candidate, Reason reason, String detail, @Nullable String sample) {
        return REJECTIONS.of(
                ValidatePipeline.UNIT,
                reason,
                candidate.getId(),
                candidate.getRepository(),
                detail,
                sample,
                candidate.getPublishedAt());
    }
}
