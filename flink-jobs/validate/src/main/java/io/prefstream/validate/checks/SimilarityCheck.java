package io.prefstream.validate.checks;

/**
 * The sides are alike enough that the label is about how the task is done, and not more alike than
 * the band allows. The value is their {@link TokenSimilarity}.
 */
public final class SimilarityCheck implements Check {

    private final double min;
    private final double max;

    /**
     * @param min least similarity, inclusive
     * @param max greatest similarity, exclusive; 1 refuses equal sequences only
     */
    public SimilarityCheck(double min, double max) {
        this.min = min;
        this.max = max;
    }

    @Override
    public String name() {
        return "similarity";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        double similarity =
                TokenSimilarity.of(candidate.chosen().tokens(), candidate.rejected().tokens());
        if (similarity < min) {
            return new CheckResult.Refused(
                    ValidateReason.TOO_DISSIMILAR,
                    "token similarity %s is below validate.min-similarity=%s"
                            .formatted(similarity, min));
        }
        if (similarity >= max) {
            return new CheckResult.Refused(
                    ValidateReason.TOO_SIMILAR,
                    "token similarity %s is not below validate.max-similarity=%s"
                            .formatted(similarity, max));
        }
        return new CheckResult.Passed(similarity);
    }
}
