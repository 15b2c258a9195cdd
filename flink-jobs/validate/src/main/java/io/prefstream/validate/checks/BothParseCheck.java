package io.prefstream.validate.checks;

import java.util.Optional;

/**
 * Both sides are syntactically code: a label that a parser could give teaches a model to parse, not
 * to prefer.
 *
 * <p>The value is the larger number of syntax errors of the two sides.
 */
public final class BothParseCheck implements Check {

    private final int maxErrors;

    /**
     * @param maxErrors syntax errors allowed on each side
     */
    public BothParseCheck(int maxErrors) {
        this.maxErrors = maxErrors;
    }

    @Override
    public String name() {
        return "both-parse";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        ReadCode chosen = candidate.chosen();
        if (!chosen.parsed()) {
            return new CheckResult.Skipped("no grammar for " + candidate.pair().getLanguage());
        }
        ReadCode rejected = candidate.rejected();
        return tooMany(ValidateReason.CHOSEN_DOES_NOT_PARSE, "chosen", chosen)
                .or(() -> tooMany(ValidateReason.REJECTED_DOES_NOT_PARSE, "rejected", rejected))
                .orElseGet(
                        () ->
                                new CheckResult.Passed(
                                        (double)
                                                Math.max(
                                                        chosen.syntaxErrors(),
                                                        rejected.syntaxErrors())));
    }

    private Optional<CheckResult> tooMany(ValidateReason reason, String side, ReadCode code) {
        if (code.syntaxErrors() <= maxErrors) {
            return Optional.empty();
        }
        return Optional.of(
                new CheckResult.Refused(
                        reason,
                        "%s has %,d syntax errors, which exceeds validate.max-syntax-errors=%,d"
                                .formatted(side, code.syntaxErrors(), maxErrors)));
    }
}
