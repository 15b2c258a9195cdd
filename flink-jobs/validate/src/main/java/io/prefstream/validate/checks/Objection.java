package io.prefstream.validate.checks;

/**
 * What a check may find against a pair, and what becomes of it then: refused, or kept with a record
 * of it.
 *
 * @param refuses what the option for this reason says
 */
public record Objection(ValidateReason reason, boolean refuses) {

    /** Key of the option that says whether a pair is refused for this reason. */
    public static String option(ValidateReason reason) {
        return "validate.refuse-" + reason.code();
    }

    /** The result where something was found. */
    CheckResult found(String what) {
        return refuses
                ? new CheckResult.Refused(reason, "%s, and %s=true".formatted(what, option(reason)))
                : new CheckResult.Failed(null, what);
    }
}
