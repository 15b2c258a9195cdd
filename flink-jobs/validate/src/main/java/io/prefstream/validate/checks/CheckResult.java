package io.prefstream.validate.checks;

import org.jspecify.annotations.Nullable;

/** What one check says about one candidate. */
public sealed interface CheckResult {

    /**
     * The check holds.
     *
     * @param value the number behind it, null where there is none
     */
    record Passed(@Nullable Double value) implements CheckResult {}

    /**
     * The check doesn't hold, which is recorded and refuses nothing.
     *
     * @param value the number behind it, null where there is none
     * @param detail what was found
     */
    record Failed(@Nullable Double value, String detail) implements CheckResult {}

    /**
     * The check could not be made, which refuses nothing.
     *
     * @param why in words
     */
    record Skipped(String why) implements CheckResult {}

    /**
     * The candidate is refused.
     *
     * @param detail the value, the limit and the option that changes it
     */
    record Refused(ValidateReason reason, String detail) implements CheckResult {}
}
