package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.CodeWalk;
import io.prefstream.jobs.common.syntax.Node;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * No side is a model's refusal to answer, as plain text or in a comment or docstring.
 *
 * <p>A text that opens with an apology is one; elsewhere only sentences count that models alone
 * write. What stands in a string that the code works with doesn't count. Cost: a look for a few
 * words in each text, and for the sentences only where one of them is.
 */
public final class RefusalCheck implements Check {

    private static final Pattern REFUSAL =
            Pattern.compile(
                    "\\A[\\s/*#\"'`]*(?:I(?:'m| am) sorry|I apologi[sz]e|Sorry, (?:but|I)"
                            + "|Unfortunately, I|I (?:can(?:no|')t|can not|am unable|won't)\\b)"
                            + "|\\b[Aa]s an? (?:AI\\b|(?:large )?language model|artificial"
                            + " intelligence)"
                            + "|\\bI(?:'m| am) (?:just |only )?an? (?:AI\\b|(?:large )?language"
                            + " model)"
                            + "|\\bI(?:'m| am) sorry, but"
                            + "|\\bI (?:can(?:no|')t|can not|am (?:unable|not able) to|won't)"
                            + " (?:help|assist|provide|comply|fulfil|generate|complete (?:this|that"
                            + "|your)|answer|write|implement (?:this|that|the|your))\\b");

    /** Without any of these there is no refusal. */
    private static final List<String> HINTS =
            List.of("I ", "I'm", "orry", "Unfortunately", "s an AI", "s a l", "s an a");

    private final Objection objection;

    public RefusalCheck(Objection objection) {
        this.objection = objection;
    }

    @Override
    public String name() {
        return "refusal";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        for (Side side : Side.values()) {
            String text = candidate.text(side);
            Matcher refusal = REFUSAL.matcher(text);
            while (HINTS.stream().anyMatch(text::contains) && refusal.find()) {
                if (!isInString(candidate.code(side), refusal.end())) {
                    return objection.found(
                            "%s holds a model's refusal: '%s'"
                                    .formatted(side, refusal.group().strip()));
                }
            }
        }
        return new CheckResult.Passed(null);
    }

    /** Whether an offset is in a string that isn't a statement of its own, as docstrings are. */
    private static boolean isInString(ReadCode code, int offset) {
        for (Node node : code.nodes()) {
            if (CodeWalk.isLiteral(node) && node.start() < offset && offset <= node.end()) {
                Node parent = node.parent();
                return parent == null || !parent.is("expression_statement");
            }
        }
        return false;
    }
}
