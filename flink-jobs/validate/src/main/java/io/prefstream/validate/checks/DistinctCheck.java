package io.prefstream.validate.checks;

/**
 * The sides differ in something else than white space and comments.
 *
 * <p>Compares tokens, not characters, so that reformatting counts as nothing while white space
 * inside a string literal or Python's indentation counts.
 */
public final class DistinctCheck implements Check {

    @Override
    public String name() {
        return "distinct";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        if (candidate.chosen().tokens().equals(candidate.rejected().tokens())) {
            return new CheckResult.Refused(
                    ValidateReason.IDENTICAL_AFTER_NORMALISATION,
                    "both sides are the same %,d tokens without white space and comments"
                            .formatted(candidate.chosen().tokens().size()));
        }
        return new CheckResult.Passed(null);
    }
}
