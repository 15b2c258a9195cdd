package io.prefstream.validate.checks;

/** One thing that a candidate pair must hold to. */
public interface Check {

    /** Name of the check in kebab case, as it stands in the outcomes: a wire value. */
    String name();

    /** Judges one candidate; never throws for what a candidate may contain. */
    CheckResult judge(CandidateView candidate);

    /**
     * Told of a candidate that passes every check; for those that remember.
     *
     * @param result what this check said of it
     */
    default void admitted(CandidateView candidate, CheckResult result) {}
}
