package io.prefstream.validate.checks;

import io.prefstream.schemas.CheckOutcome;
import java.util.List;

/** What all checks together say about one candidate. */
public sealed interface Judgement {

    /**
     * No check refuses it.
     *
     * @param outcomes one per check, in the order they were made
     */
    record Admitted(List<CheckOutcome> outcomes) implements Judgement {}

    /**
     * A check refuses it; the checks after that one were not made.
     *
     * @param check name of the check
     * @param detail the value, the limit and the option that changes it
     */
    record Refused(String check, ValidateReason reason, String detail) implements Judgement {}
}
