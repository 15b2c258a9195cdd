package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

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

    private static final Pattern WORD = Pattern.compile("\\w+");

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
        int chosenHead = headEnd(candidate.text(Side.CHOSEN), signature);
        if (chosenHead > 0 && headEnd(candidate.text(Side.REJECTED), signature) > 0) {
            return new CheckResult.Passed(null);
        }
        Optional<ReadCode.Declared> asked =
                isHead(candidate.chosen(), candidate.text(Side.CHOSEN), chosenHead, signature)
                        ? candidate.chosen().declared().stream().findFirst()
                        : Language.ofCode(candidate.pair().getLanguage())
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
     * Whether code without errors begins with the whole signature, so that the first function it
     * declares is the one asked for and the signature needn't be parsed alone.
     */
    private static boolean isHead(ReadCode code, String text, int end, String signature) {
        int at = end;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return end > 0
                && code.lexed()
                && at < text.length()
                && (text.charAt(at) == '{' || text.charAt(at) == ':')
                && signature.chars().filter(c -> c == '(').count()
                        == signature.chars().filter(c -> c == ')').count();
    }

    /**
     * Where the signature ends with which a text begins, white space aside and behind lines that
     * are annotations or decorators; 0 where it doesn't.
     */
    private static int headEnd(String text, String signature) {
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
                return 0;
            }
        }
        return signature.indexOf(')') >= 0 ? at : 0;
    }

    private static Optional<ReadCode.Declared> asked(Language language, String signature) {
        for (String body : BODIES) {
            if (body.startsWith(":") != (language == Language.PYTHON)) {
                continue;
            }
            String function = signature + body;
            try (SyntaxTree tree = SyntaxTree.parseFragment(language, function)) {
                List<ReadCode.Declared> declared =
                        tree.hasErrors()
                                ? List.of()
                                : Lexer.tokens(language, function)
                                        .map(tokens -> ReadCode.lexed(tokens, tree))
                                        .orElseGet(() -> ReadCode.parsed(List.of(), 0, tree))
                                        .declared();
                if (declared.size() == 1) {
                    return Optional.of(declared.get(0));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean declares(ReadCode code, ReadCode.Declared asked) {
        boolean mayDeclare =
                !WORD.matcher(asked.name()).matches() || code.tokens().contains(asked.name());
        return mayDeclare && code.declared().contains(asked);
    }

    private static String missing(Side side, ReadCode.Declared asked) {
        return "%s declares no %s with %,d parameters"
                .formatted(side, asked.name(), asked.parameters());
    }
}
