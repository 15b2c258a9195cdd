package io.prefstream.validate.checks;

import io.prefstream.schemas.CandidatePair;

/** Both sides hold something. */
public final class NonEmptyCheck implements Check {

    @Override
    public String name() {
        return "non-empty";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        CandidatePair pair = candidate.pair();
        if (pair.getChosen().getText().isBlank()) {
            return new CheckResult.Refused(ValidateReason.EMPTY_SIDE, "chosen is blank");
        }
        if (pair.getRejected().getText().isBlank()) {
            return new CheckResult.Refused(ValidateReason.EMPTY_SIDE, "rejected is blank");
        }
        return new CheckResult.Passed(null);
    }
}
