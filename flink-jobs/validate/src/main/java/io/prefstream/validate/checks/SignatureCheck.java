package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.DeclaredFunction;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.util.List;
import java.util.Optional;

/**
 * The sides declare the function that the instruction asks for: one of the name and the number of
 * parameters that its last line, a signature, says.
 *
 * <p>A chosen side that doesn't is found against; a rejected one may be rejected for that, which is
 * recorded. Skipped where the last line is no signature. Cost: one parse of that line, and none
 * where both sides begin with it.
 */
public final class SignatureCheck implements Check {

    /** What makes a signature a function of some language; the first that parses. */
    private static final List<String> BODIES = List.of(" {}", ": pass", " => {}");

    private final Objection objection;

    public SignatureCheck(Objection objection) {
        this.objection = objection;
    }

    @Override
    public String name() {
        return "signature";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        String signature = candidate.signature();
        if (repeats(candidate.text(Side.CHOSEN), signature)
                && repeats(candidate.text(Side.REJECTED), signature)) {
            return new CheckResult.Passed(null);
        }
        Optional<DeclaredFunction> asked =
                Language.ofCode(candidate.pair().getLanguage())
                        .flatMap(language -> asked(language, signature));
        if (asked.isEmpty()) {
            return new CheckResult.Skipped("the instruction's last line is no signature");
        }
        if (!declares(candidate.chosen(), asked.get())) {
            return objection.found(missing(Side.CHOSEN, asked.get()));
        }
        return declares(candidate.rejected(), asked.get())
                ? new CheckResult.Passed(null)
                : new CheckResult.Failed(null, missing(Side.REJECTED, asked.get()));
    }

    /**
     * Whether a text begins as the signature reads, white space aside and behind lines that are
     * annotations or decorators.
     */
    private static boolean repeats(String text, String signature) {
        int at = 0;
        while (text.startsWith("@", at) && text.indexOf('\n', at) >= 0) {
            at = text.indexOf('\n', at) + 1;
        }
        for (int i = 0; i < signature.length(); i++) {
            char c = signature.charAt(i);
            if (Character.isWhitespace(c)) {
                continue;
            }
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            if (at == text.length() || text.charAt(at++) != c) {
                return false;
            }
        }
        return signature.indexOf(')') >= 0;
    }

    private static Optional<DeclaredFunction> asked(Language language, String signature) {
        for (String body : BODIES) {
            if (body.startsWith(":") != (language == Language.PYTHON)) {
                continue;
            }
            try (SyntaxTree tree = SyntaxTree.parseFragment(language, signature + body)) {
                List<DeclaredFunction> declared =
                        tree.hasErrors() ? List.of() : DeclaredFunction.in(language, tree.root());
                if (declared.size() == 1) {
                    return Optional.of(declared.get(0));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean declares(ReadCode code, DeclaredFunction asked) {
        return code.functions().stream()
                .anyMatch(
                        function ->
                                function.name().equals(asked.name())
                                        && function.parameters() == asked.parameters());
    }

    private static String missing(Side side, DeclaredFunction asked) {
        return "%s declares no %s with %,d parameters"
                .formatted(side, asked.name(), asked.parameters());
    }
}
