package io.prefstream.validate.checks;

import io.prefstream.schemas.FinishReason;

/** No side was cut by its generator's token limit: what is missing says nothing of its quality. */
public final class FinishReasonCheck implements Check {

    private final Objection objection;

    public FinishReasonCheck(Objection objection) {
        this.objection = objection;
    }

    @Override
    public String name() {
        return "finish-reason";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        for (Side side : Side.values()) {
            if (side.of(candidate.pair()).getFinishReason() == FinishReason.LENGTH) {
                return objection.found(side + " was cut by its generator's token limit");
            }
        }
        return new CheckResult.Passed(null);
    }
}
