package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.DeclaredFunction;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.util.Optional;

/**
 * Both sides are code of the record's language and not of another one.
 *
 * <p>Only a side that its own grammar finds errors in is looked at: if another grammar finds none,
 * and a function, it is code of that language. Cost: none for what parses; otherwise up to seven
 * further parses.
 */
public final class LanguageCheck implements Check {

    private final Objection objection;

    public LanguageCheck(Objection objection) {
        this.objection = objection;
    }

    @Override
    public String name() {
        return "language";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        Language own = Language.ofCode(candidate.pair().getLanguage()).orElse(null);
        if (own == null) {
            return new CheckResult.Skipped("no grammar for " + candidate.pair().getLanguage());
        }
        for (Side side : Side.values()) {
            int errors = candidate.code(side).syntaxErrors();
            Optional<Language> other =
                    errors == 0 ? Optional.empty() : otherThan(own, candidate.text(side));
            if (other.isPresent()) {
                return objection.found(
                        "%s has %,d syntax errors as %s and none as %s"
                                .formatted(side, errors, own.code(), other.get().code()));
            }
        }
        return new CheckResult.Passed(null);
    }

    private static Optional<Language> otherThan(Language own, String text) {
        for (Language language : Language.values()) {
            if (language == own) {
                continue;
            }
            try (SyntaxTree tree = SyntaxTree.parseFragment(language, text)) {
                if (!tree.hasErrors() && !DeclaredFunction.in(language, tree.root()).isEmpty()) {
                    return Optional.of(language);
                }
            }
        }
        return Optional.empty();
    }
}
