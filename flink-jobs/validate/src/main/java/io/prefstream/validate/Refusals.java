package io.prefstream.validate;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.validate.checks.ValidateReason;

/** The rejections of this stage: the candidate's id, and as a sample its rejected side. */
final class Refusals {

    static final Rejections REJECTIONS =
            new Rejections(ValidatePipeline.STAGE, ValidatePipeline.PRODUCER);

    private Refusals() {}

    static Rejection of(CandidatePair candidate, ValidateReason reason, String detail) {
        return REJECTIONS.of(
                ValidatePipeline.UNIT,
                reason,
                candidate.getId(),
                candidate.getRepository(),
                detail,
                candidate.getRejected().getText(),
                candidate.getPublishedAt());
    }
}
